#!/usr/bin/env bash
# dist-test.sh PROGRAM  holds what `make dist` made against PROGRAM, the one of `make build`: the promises of the file itself, the
# same frames of each kind of clip, the same scores here and in bare Debian 11, 12 and 13, and the wheel in a fresh
# environment. Needs root (chroot), ffmpeg, debootstrap, and the weights i3d-kinetics400 and inception-2015-12-05 in the cache.
. "$(dirname "$0")/../common.sh"
program=$(realpath "$1")
test=$root/Packaging/test
version=$("$dist/vidmetrics" --version | head -1)
name=vidmetrics-$version-linux-x86_64
wheel=$(ls "$dist"/vidmetrics-*.whl)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "$(id -u)" = 0 ] || fail "root is needed for chroot"

say "the file"
"$test/file.sh" "$dist/vidmetrics" "$dist/$name.tar.gz" "$wheel"

say "the same frames"
"$test/clips.sh" "$work/clips"
"$test/same-frames.sh" "$program" "$dist/vidmetrics" "$work/clips"

scores() { # scores METRICS PREFIX... PROGRAM
  "${@:2}" score Fixtures/clips/real Fixtures/clips/fake-mild --metrics "$1" --bootstrap 40 --no-cache --no-record --json \
    2>"$work/errors" | "$test/scores.py" || { cat "$work/errors"; fail "no scores"; }
}
# Swift reads the arguments of a program from /proc, as every Linux has it.
within() { # within ROOT COMMAND...
  unshare --mount bash -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' bash "$@"
}
say "the same scores"
cd "$root"
weights=${VIDMETRICS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vidmetrics}/weights
scores fvd,kvd,prdc "$program" >"$work/expected"
grep -q '"value": 618.8550' "$work/expected" || fail "FVD of the fixtures is not 618.855: $(grep -m1 '"value"' "$work/expected")"
scores fvd,kvd,prdc "$dist/vidmetrics" >"$work/here"
cmp "$work/expected" "$work/here" || fail "scores differ from those of $program"
scores fid "$program" >"$work/expected.fid"
scores fid "$dist/vidmetrics" >"$work/here.fid"
cmp "$work/expected.fid" "$work/here.fid" || fail "FID differs from that of $program"
echo "  here"
for suite in bullseye bookworm trixie; do
  "$test/root.sh" "$suite" "$dist/roots/$suite"
  bare=$dist/roots/$suite
  rm -rf "$bare/opt/vidmetrics" "$bare/work"
  mkdir -p "$bare/opt/vidmetrics" "$bare/work/cache/weights" "$bare/work/Fixtures"
  tar -xzf "$dist/$name.tar.gz" --strip-components=1 -C "$bare/opt/vidmetrics"
  cp -r Fixtures/clips "$bare/work/Fixtures/"
  cp "$weights"/i3d-kinetics400* "$bare/work/cache/weights/"
  scores fvd,kvd,prdc within "$bare" env -C /work VIDMETRICS_CACHE=/work/cache /opt/vidmetrics/bin/vidmetrics >"$work/$suite"
  cmp "$work/expected" "$work/$suite" || fail "scores differ in a bare $suite"
  echo "  in a bare $suite"
done

say "the wheel"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --no-index --disable-pip-version-check "$wheel"
[ "$("$work/venv/bin/vidmetrics" --version | head -1)" = "$version" ] || fail "the wheel's vidmetrics is another version"
[ "$(cd / && "$work/venv/bin/python" -m vidmetrics --version | head -1)" = "$version" ] || fail "python -m vidmetrics fails"
cmp "$work/venv/bin/vidmetrics" "$dist/vidmetrics" || fail "the wheel holds another program"
echo "  vidmetrics, python -m vidmetrics"
"$work/venv/bin/pip" install -q --disable-pip-version-check auditwheel
"$work/venv/bin/auditwheel" show "$wheel" | grep -F manylinux_2_28_x86_64 || fail "auditwheel sees another platform"
