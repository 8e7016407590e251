#!/bin/sh
# broken.sh OUTPUT COUNT: writes two clips and fails, as a generator does whose checkpoint is cut short.
set -eu
"$(dirname "$0")/copy.sh" "$(dirname "$0")/../clips/fake-strong" "$1" 2
echo "cannot read the checkpoint: it ends after 512 of 4096 bytes" >&2
exit 1
