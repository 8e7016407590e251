#!/usr/bin/env bash
# release.sh URL  holds together what names the version, and puts the files of `make dist` into .build-dist/release/, with the
# documents' RELEASE_URL filled in. URL: the folder on the web where the files will lie.
. "$(dirname "$0")/common.sh"
url=${1:-}
url=${url%/}
[ -n "$url" ] ||
  { echo "make release: RELEASE_URL=... is missing: the folder on the web where the files will lie" >&2; exit 1; }

version=$(sed -n 's/.*static let text = "\(.*\)".*/\1/p' "$root/Sources/vidmetrics/Version.swift")
wrong=()
agree() { [ "$2" = "$version" ] || wrong+=("$1 says ${2:-nothing}"); }
agree "the program" "$("$dist/vidmetrics" --version | head -1)"
agree "CHANGELOG.md's newest dated entry" \
  "$(sed -n 's/^## \([0-9][^ ]*\), [0-9]\{4\}-[0-9]\{2\}-[0-9]\{2\}$/\1/p' "$root/CHANGELOG.md" | head -1)"
agree "the man page" "$(sed -n 's/^\.TH.*"vidmetrics \([^"]*\)".*/\1/p' \
  "$dist/vidmetrics-$version-linux-x86_64/share/man/man1/vidmetrics.1" | head -1)"
agree "the wheel" "$(ls "$dist" | sed -n 's/^vidmetrics-\(.*\)-py3-none-.*\.whl$/\1/p')"
agree "the tarball" "$(ls "$dist" | sed -n 's/^vidmetrics-\(.*\)-linux-x86_64\.tar\.gz$/\1/p')"
agree "README.md" "$(sed -n 's/.*vidmetrics-\([0-9][0-9.]*\)-linux-x86_64\.tar\.gz.*/\1/p' "$root/README.md" | head -1)"
if grep -q '^## Unreleased' "$root/CHANGELOG.md"; then wrong+=("CHANGELOG.md has an entry without a date"); fi
if [ ${#wrong[@]} -gt 0 ]; then
  printf 'make release: Version.swift says %s, but\n' "$version" >&2
  printf '  %s\n' "${wrong[@]}" >&2
  exit 1
fi

out=$dist/release
rm -rf "$out"
mkdir -p "$out"
cp "$dist/vidmetrics-$version-linux-x86_64.tar.gz" "$dist"/vidmetrics-*.whl "$dist/SHA256SUMS" "$out/"
for document in README.md docs/ci.md Packaging/README.md; do
  sed "s|RELEASE_URL\([^=]\)|$url\1|g" "$root/$document" | install -D -m 644 /dev/stdin "$out/$document"
done
say "$out: put it at $url"
ls "$out"
