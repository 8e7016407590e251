#!/usr/bin/env bash
# sources.sh PACKAGE...  unpacks Debian's source packages, with Debian's patches, into .build-dist/sources/PACKAGE, and writes
# their versions to .build-dist/sources/versions. The archive is the one that this machine's own apt is set up with; apt checks
# signatures. Lists and settings are private: the machine's own are left alone.
. "$(dirname "$0")/common.sh"

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
[ "$codename" = bookworm ] || fail "the sources of Debian 12 (bookworm) are built; this is $codename"
command -v dpkg-source >/dev/null || fail "dpkg-source is missing: apt-get install dpkg-dev"
fresh sources "=$*" && exit 0

sources=$dist/sources lists=$dist/apt
rm -rf "$sources" "$lists"
mkdir -p "$sources" "$lists/parts" "$lists/state/partial"
# The same archives, asked for sources.
for file in /etc/apt/sources.list.d/*.sources; do
  [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$lists/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ ! -f "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"$lists/parts/$(basename "$file" .list).list"
done
apt=(apt-get -qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$lists/parts"
  -o "Dir::State::Lists=$lists/state" -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache=" -o "APT::Sandbox::User=root")
"${apt[@]}" update 2>"$lists/errors" || { cat "$lists/errors"; fail "apt could not read the lists of source packages"; }

cd "$sources"
for package; do
  mkdir "$package.download"
  (cd "$package.download" && "${apt[@]}" source --only-source "$package" >/dev/null) || fail "no source of $package"
  folder=$(find "$package.download" -mindepth 1 -maxdepth 1 -type d)
  mv "$folder" "$package"
  echo "$package $(dpkg-parsechangelog -l "$package/debian/changelog" -S Version)" >>versions
done
finished
