#!/usr/bin/env bash
# root.sh SUITE FOLDER  a bare Debian of that name (bullseye, bookworm, trixie) in FOLDER, from the archive of this machine's apt.
# Nothing but what Debian calls `minbase` is in it: no FFmpeg, no Python.
set -euo pipefail
suite=$1 folder=$2
[ ! -f "$folder/complete" ] || exit 0
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -1)
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
debootstrap --variant=minbase "$suite" "$folder" "$archive" >"$folder.log"
touch "$folder/complete"
