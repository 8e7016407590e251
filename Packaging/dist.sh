#!/usr/bin/env bash
# dist.sh  one file for Linux, as a tarball and a wheel, in .build-dist/. Each step is left out where nothing changed for it.
. "$(dirname "$0")/common.sh"
here=$root/Packaging

system=$(uname -sm)
[ "$system" = "Linux x86_64" ] ||
  fail "the file is made for Linux on x86-64, on Debian 12; this is $system. \`make build\` builds from source here"
command -v debconf >/dev/null && command -v apt-get >/dev/null ||
  fail "the libraries are Debian 12's, and this is no Debian. \`make build\` builds from source here"

"$here/sources.sh" ffmpeg dav1d libarchive
"$here/dav1d.sh"
"$here/ffmpeg.sh"
"$here/libarchive.sh"
"$here/glibc.sh"
"$here/libraries.sh"
"$here/program.sh"
version=$("$dist/vidmetrics" --version | head -1)
"$here/tarball.sh" "$version"
"$here/wheel.sh" "$version"

cd "$dist"
sha256sum "vidmetrics-$version-linux-x86_64.tar.gz" vidmetrics-*.whl | tee SHA256SUMS
ls -l vidmetrics "vidmetrics-$version-linux-x86_64.tar.gz" vidmetrics-*.whl | awk '{ printf "%6.1f MB  %s\n", $5 / 1e6, $NF }'
