#!/usr/bin/env bash
# One folder of static libraries, so that the linker finds no shared one: the libraries that were built, and copies of Debian's
# and the compiler's own. Beside them the .pc files that Package.swift asks for.
. "$(dirname "$0")/common.sh"

declare -A packages=(
  [z]=zlib1g-dev [bz2]=libbz2-dev [lzma]=liblzma-dev [zstd]=libzstd-dev [sqlite3]=libsqlite3-dev [lapacke]=liblapacke-dev
  [openblas]=libopenblas-serial-dev [stdc++]=libstdc++-12-dev [png16]=libpng-dev [webp]=libwebp-dev
  [webpdemux]=libwebp-dev
)
found=()
for library in "${!packages[@]}"; do
  file=$(gcc -print-file-name="lib$library.a")
  # Distances ask it for one thread alone: the other build starts threads as it is loaded, each of which asks for work for 25 ms.
  [ "$library" != openblas ] || file=/usr/lib/x86_64-linux-gnu/openblas-serial/libopenblas.a
  [ -f "$file" ] || fail "lib$library.a is missing: apt-get install ${packages[$library]}"
  found+=("$library=$file")
done
versions=$(dpkg-query -W -f='${Package} ${Version}\n' $(printf '%s\n' "${packages[@]}" | sort -u))
fresh libraries "=$versions" "$dist/stamps/ffmpeg" "$dist/stamps/libarchive" && exit 0

for pair in "${found[@]}"; do cp "${pair#*=}" "$prefix/lib/lib${pair%%=*}.a"; done
echo "$versions" >"$dist/libraries.versions"
for name in libavformat libarchive openblas libpng libwebpdemux zlib; do
  printf 'Name: %s\nDescription: static\nVersion: 0\nCflags: -I%s\nLibs: -L%s\n' "$name" "$prefix/include" "$prefix/lib" \
    >"$prefix/lib/pkgconfig/$name.pc"
done
cp /usr/include/x86_64-linux-gnu/openblas-serial/*.h "$prefix/include/"
finished
