#!/usr/bin/env bash
# file.sh BINARY TARBALL WHEEL  what a release file promises of itself: which libraries it needs, the highest symbol of glibc, no
# path of the machine that built it, and its sizes.
set -euo pipefail
binary=$1 tarball=$2 wheel=$3
failed=0
check() { # check WORDS COMMAND...
  if "${@:2}"; then echo "  $1"; else echo "  not so: $1"; failed=1; fi
}
holds() { [ "$1" "$2" "$3" ]; }

needed=$(objdump -p "$binary" | awk '/NEEDED/ { print $2 }' | sort | tr '\n' ' ')
check "needs ${needed}only" holds "$needed" = "ld-linux-x86-64.so.2 libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0 "
# By version, the highest last.
highest=$(objdump -T "$binary" | grep -o 'GLIBC_2[.0-9]*' | sort -uV | tail -1)
check "highest symbol $highest, at most GLIBC_2.28" \
  holds "$(printf '%s\n' "$highest" GLIBC_2.28 | sort -V | tail -1)" = GLIBC_2.28
root=$(cd "$(dirname "$0")/../.." && pwd)
check "no path of this machine" holds "$(strings "$binary" | grep -cF "$root/" || true)" = 0
size() { stat -c %s "$1"; }
check "$(size "$binary") bytes, at most 60 MB" holds "$(size "$binary")" -le 60000000
check "tarball $(size "$tarball") bytes, at most 30 MB" holds "$(size "$tarball")" -le 30000000
check "wheel $(size "$wheel") bytes, at most 30 MB" holds "$(size "$wheel")" -le 30000000
exit $failed
