#!/usr/bin/env bash
# The files as they lie under a prefix such as ~/.local, and the archive of them.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/swift-folder.sh"
version=$1
name=vidmetrics-$version-linux-x86_64
fresh tarball "=$version" "$dist/vidmetrics" "$root/LICENSE" "$root/CHANGELOG.md" && exit 0

tree=$dist/$name
rm -rf "$tree"
install -D -m 755 "$dist/vidmetrics" "$tree/bin/vidmetrics"
completions() { "$dist/vidmetrics" --generate-completion-script "$1" | install -D -m 644 /dev/stdin "$tree/share/$2"; }
completions bash bash-completion/completions/vidmetrics
completions zsh zsh/site-functions/_vidmetrics
completions fish fish/vendor_completions.d/vidmetrics.fish
"$dist/vidmetrics" manual | install -D -m 644 /dev/stdin "$tree/share/man/man1/vidmetrics.1"

# Whose work is in the file, and how to make it again.
doc=$tree/share/doc/vidmetrics
licence() { install -D -m 644 "$2" "$doc/licences/$1"; }
install -D -m 644 "$root/LICENSE" "$doc/LICENSE"
install -m 644 "$root/CHANGELOG.md" "$doc/CHANGELOG.md"
licence ffmpeg "$dist/sources/ffmpeg/COPYING.LGPLv2.1"
licence dav1d "$dist/sources/dav1d/COPYING"
licence libarchive "$dist/sources/libarchive/COPYING"
for package in zlib1g libbz2-1.0 liblzma5 libzstd1 libsqlite3-0 liblapacke libopenblas0-serial libstdc++6 \
  libpng16-16 libwebp7 libicu72; do
  licence "$package" "/usr/share/doc/$package/copyright"
done
licence swift "$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/../share/swift/LICENSE.txt"
for checkout in "$swiftFolder"/build/checkouts/*; do licence "$(basename "$checkout")" "$(ls "$checkout"/LICENSE*)"; done
{
  echo "vidmetrics $version: Apache-2.0. In the same file, each under the licence in licences/:"
  echo
  echo "FFmpeg (LGPL 2.1 or later), unchanged but for Debian's patches; Debian's source packages:"
  sed 's/^/  /' "$dist/sources/versions"
  echo "FFmpeg was configured with:"
  echo "  $(cat "$dist/ffmpeg.configure")"
  echo "Libraries of Debian 12:"
  sed 's/^/  /' "$dist/libraries.versions"
  echo "Swift packages:"
  python3 -c 'import json, sys
for pin in json.load(sys.stdin)["pins"]: print(" ", pin["identity"], pin["state"]["version"], pin["state"]["revision"])' \
    <"$swiftFolder/source/Package.resolved"
  echo "Swift: $("${SWIFT:-swift}" --version 2>/dev/null | head -1)"
  echo
  echo "apt-get source NAME=VERSION fetches a source of Debian's. To link the program with an FFmpeg of your own: \`make dist\` in"
  echo "the source of vidmetrics $version, Packaging/ffmpeg.sh changed."
} >"$doc/BUILD.txt"
chmod 644 "$doc/BUILD.txt"

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar -C "$dist" -c "$name" |
  gzip -9n >"$dist/$name.tar.gz"
finished
