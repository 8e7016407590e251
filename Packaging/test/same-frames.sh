#!/usr/bin/env bash
# same-frames.sh ONE OTHER CLIPS  holds two builds of the program to the same frames of each clip that clips.sh made: what
# `inspect` says, the temporal flickering of each clip in all digits (a sum over all pixels of all frames), and one row and two
# columns of pixels over time.
set -euo pipefail
one=$1 other=$2 clips=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# facts PROGRAM NAME
facts() {
  local program=$1 out=$work/$2
  mkdir "$out"
  export VIDMETRICS_CACHE=$work/cache-$2
  for set in videos frames; do
    "$program" inspect "$clips/$set" --include '*' >"$out/$set.inspect"
    "$program" temporal-flickering "$clips/$set" --include '*' --no-record --json | "$(dirname "$0")/scores.py" >"$out/$set.json"
    "$program" slice "$clips/$set"/* --out "$out/$set-middle.png" >/dev/null
    "$program" slice "$clips/$set"/* --column 7 --out "$out/$set-left.png" >/dev/null
    "$program" slice "$clips/$set"/* --row 11 --out "$out/$set-row.png" >/dev/null
  done
}

facts "$one" one
facts "$other" other
diff -r "$work/one" "$work/other" || { echo "the two programs decode differently"; exit 1; }
kinds=$(cat "$work"/one/*.json | grep -c '^    "name"')
echo "the same frames of $kinds kinds of clips"
[ "$kinds" -ge 25 ]
