#!/usr/bin/env bash
# libarchive: zip and tar with the compressions that videos and weights come in. Debian's own .a needs ACL, XML and
# cryptography libraries, for formats that are not read here.
. "$(dirname "$0")/common.sh"
fresh libarchive "$dist/sources/versions" && exit 0

build=$dist/build/libarchive
rm -rf "$build"
mkdir -p "$build"
cd "$build"
../../sources/libarchive/configure --prefix="$prefix" --disable-dependency-tracking --enable-static --disable-shared --with-pic \
  --disable-bsdtar --disable-bsdcat --disable-bsdcpio --disable-acl --disable-xattr --without-xml2 --without-expat \
  --without-nettle --without-openssl --without-mbedtls --without-libb2 --without-lz4 --without-lzo2 --without-cng \
  --with-zlib --with-bz2lib --with-lzma --with-zstd CFLAGS=-O2 >"$dist/libarchive.log"
# Debian's patches make the sources newer than what autoconf made of them: nothing is to be made anew.
make -j"$jobs" ACLOCAL=: AUTOCONF=: AUTOMAKE=: AUTOHEADER=: install >>"$dist/libarchive.log" 2>&1 ||
  fail "libarchive: $(tail -20 "$dist/libarchive.log")"
finished
