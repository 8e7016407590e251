#!/usr/bin/env bash
# dav1d: the AV1 decoder that FFmpeg calls. Debian has no .a of it.
. "$(dirname "$0")/common.sh"
fresh dav1d "$dist/sources/versions" && exit 0

build=$dist/build/dav1d
rm -rf "$build"
meson setup "$build" "$dist/sources/dav1d" --prefix="$prefix" --libdir=lib --buildtype=release \
  -Ddefault_library=static -Denable_tools=false -Denable_tests=false >"$dist/dav1d.log"
ninja -C "$build" install >>"$dist/dav1d.log"
finished
