# Sourced by every step: where things lie, and when a step can be left out.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dist=$root/.build-dist
prefix=$dist/prefix # headers, .a files and .pc files of what is linked
jobs=$(nproc)

# Nothing of the machine or the hour may reach the files that are made.
export SOURCE_DATE_EPOCH=315619200 LC_ALL=C TZ=UTC
export ZERO_AR_DATE=1
umask 022
mkdir -p "$dist/stamps" "$prefix/lib/pkgconfig" "$prefix/include"

say() { echo "== $*"; }
fail() { echo "make dist: $*" >&2; exit 1; }

# digest FILE|=TEXT...  one SHA-256 of the contents of files and of texts
digest() {
  for input; do
    case $input in
      =*) printf '%s\n' "$input" ;;
      *) sha256sum <"$input" ;;
    esac
  done | sha256sum | cut -d' ' -f1
}

# fresh STEP INPUT...  true where STEP was finished with these inputs; each step reads its own script and this file, too
fresh() {
  step=$1 inputs=$(digest "$0" "$root/Packaging/common.sh" "${@:2}")
  if [ "$(cat "$dist/stamps/$step" 2>/dev/null)" = "$inputs" ]; then return 0; fi
  rm -f "$dist/stamps/$step"
  say "$step"
  return 1
}

# finished  keeps the digest of the step that `fresh` began
finished() { echo "$inputs" >"$dist/stamps/$step"; }
