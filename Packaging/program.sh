#!/usr/bin/env bash
# The program: `swift build` with the libraries and the old glibc of .build-dist before the machine's own, then stripped.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/swift-folder.sh"
swift=${SWIFT:-swift} link=$root/Packaging/link source=$swiftFolder/source scratch=$swiftFolder/build

flags=(
  -c release --scratch-path "$scratch" --product vidmetrics --static-swift-stdlib -debug-info-format none
  # No path of this machine comes into the program.
  -Xcc "-ffile-prefix-map=$swiftFolder=." -Xswiftc -file-prefix-map -Xswiftc "$swiftFolder=."
  -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc "-B$dist/glibc" -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
  -Xlinker "-L$dist/glibc" -Xlinker "-L$prefix/lib" -Xlinker --no-export-dynamic
  -Xlinker --build-id=none
  # Functions of the same instructions are one: generic code has many, four megabytes of them.
  -Xlinker --icf=all -Xlinker -O2
)
# What the libraries that Package.swift names need in their turn, and what stands for things that are left out.
for library in dav1d z bz2 lzma zstd m pthread dl; do flags+=(-Xlinker "-l$library"); done
for part in glibc fortran icu; do flags+=(-Xlinker "$dist/link/$part.o"); done
# OpenBLAS chooses its kernels by the processor; Debian's library has them for 20 kinds. Kept: SSE3, SSE4.2, AVX, AVX2 of
# Intel and of AMD, AVX-512, and AVX-512 with BF16. A processor of another kind gets the kernels of the next lower one: its
# table's name is given to theirs, and nothing refers to its own any more.
stand() { for kind in "${@:2}"; do flags+=(-Xlinker "--defsym=gotoblas_$kind=gotoblas_$1"); done; }
stand PRESCOTT CORE2 PENRYN DUNNINGTON ATOM NANO OPTERON OPTERON_SSE3 BARCELONA BOBCAT
stand SANDYBRIDGE BULLDOZER PILEDRIVER STEAMROLLER
stand HASWELL EXCAVATOR
# ICU's data is left out, too. The name holds its version.
icu=$(nm "$(dirname "$(readlink -f "$(command -v "$swift")")")/../lib/swift_static/linux/lib_FoundationICU.a" 2>/dev/null |
  sed -n 's/.* R \(icudt[0-9]*_dat\)$/\1/p')
[ -n "$icu" ] || fail "the symbol of ICU's data is not in Foundation's library: adapt Packaging/program.sh"
flags+=(-Xlinker "--defsym=$icu=no_icu_data")

product=$scratch/release/vidmetrics
if ! fresh program "$dist/stamps/libraries" "$dist/stamps/glibc" "$link"/*.c "=$("$swift" --version 2>&1)"; then
  mkdir -p "$dist/link"
  for part in glibc fortran icu; do
    gcc -O2 -fPIC -Wall -Werror -c -o "$dist/link/$part.o" "$link/$part.c"
  done
  rm -f "$product" # swift build does not look at libraries
fi
# The same files under a second name: what did not change is not built again. Versions of packages stay as they were resolved.
mkdir -p "$source"
find "$source" -mindepth 1 -maxdepth 1 ! -name Package.resolved -exec rm -rf {} +
cp -alf "$root"/* "$source"
cd "$source"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig "$swift" build "${flags[@]}"
[ "$dist/vidmetrics" -nt "$product" ] || strip -s -R .comment -R .swift_modhash -o "$dist/vidmetrics" "$product"
finished
