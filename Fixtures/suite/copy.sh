#!/bin/sh
# copy.sh SET OUTPUT COUNT: the first COUNT clips of a set, in the folders of their classes.
set -eu
made=0
for clip in "$1"/*/*.mp4; do
  [ "$made" -lt "$3" ] || break
  class=$(basename "$(dirname "$clip")")
  mkdir -p "$2/$class"
  cp "$clip" "$2/$class/"
  made=$((made + 1))
done
echo "$made clips of $1"
