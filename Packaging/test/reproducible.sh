#!/usr/bin/env bash
# reproducible.sh  makes the files of `make dist` once more, from nothing, in a folder whose path has another length, and holds
# them to those that are there, byte for byte. It takes as long as a first `make dist`.
. "$(dirname "$0")/../common.sh"
names=(vidmetrics vidmetrics-*-linux-x86_64.tar.gz vidmetrics-*.whl)
cd "$dist"
sums=$(sha256sum ${names[@]})

other=$(mktemp -d)
trap 'rm -rf "$other"' EXIT
again=$other/the-same-sources-in-a-folder-whose-path-is-longer
mkdir "$again"
cp -a "$root"/* "$again"
make --no-print-directory -C "$again" dist >"$dist/reproducible.log" 2>&1 || fail "see $dist/reproducible.log"
cd "$again/.build-dist"
echo "$sums" | sha256sum --check
