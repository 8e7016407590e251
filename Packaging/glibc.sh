#!/usr/bin/env bash
# What a link against glibc 2.28 needs (Debian 10, RHEL 8, Ubuntu 18.10, and all that is newer): libraries which only name the
# symbols of that version, and the code by which a program of that time starts. Zig makes both for any version of glibc; its
# package of Python is the way to get it. Nothing of Zig itself comes into the program.
. "$(dirname "$0")/common.sh"
version=2.28
zig=0.15.2
fresh glibc "=$version" && exit 0

glibc=$dist/glibc
rm -rf "$glibc" "$dist/zig"
mkdir -p "$glibc" "$dist/zig"
python3 -m pip --version >/dev/null 2>&1 || fail "pip is missing: apt-get install python3-pip"
python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$dist/zig" "ziglang==$zig"
python3 -m zipfile -e "$dist"/zig/ziglang-*.whl "$dist/zig"
chmod +x "$dist/zig/ziglang/zig"
export ZIG_GLOBAL_CACHE_DIR=$dist/zig/global ZIG_LOCAL_CACHE_DIR=$dist/zig/local
cd "$dist/zig"
echo 'int main(void) { return 0; }' >empty.c
ziglang/zig cc -target "x86_64-linux-gnu.$version" -pie -fPIE empty.c -o empty -lm -lpthread -ldl -lrt -lutil -lresolv
made() { find global -name "$1" | grep . || fail "Zig $zig made no $1"; }
cp "$(made Scrt1.o)" "$(made libc_nonshared.a)" "$glibc/"
for library in c.so.6 m.so.6 pthread.so.0 dl.so.2 rt.so.1 util.so.1 resolv.so.2 ld.so.2; do
  cp "$(made "lib$library")" "$glibc/"
  # A text as the system's libc.so is one. A library of which nothing is used does not become a need of the program.
  echo "GROUP ( AS_NEEDED ( $glibc/lib$library ) )" >"$glibc/lib${library%.so.*}.so"
done
# libc has parts that each program carries; the thread-local storage of the program is the loader's.
echo "GROUP ( $glibc/libc.so.6 $glibc/libc_nonshared.a AS_NEEDED ( $glibc/libld.so.2 ) )" >"$glibc/libc.so"
rm -rf "$dist/zig"
finished
