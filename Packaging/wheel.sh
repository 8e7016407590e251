#!/usr/bin/env bash
# The wheel: the program, for pip, pipx and uv.
. "$(dirname "$0")/common.sh"
version=$1 tag=py3-none-manylinux_2_28_x86_64
fresh wheel "=$version $tag" "$dist/stamps/tarball" "$root/Packaging/wheel.py" "$root"/Packaging/python/src/vidmetrics/*.py && exit 0

rm -f "$dist"/*.whl
python3 "$root/Packaging/wheel.py" "$dist/vidmetrics" "$version" "$tag" \
  "$dist/vidmetrics-$version-linux-x86_64/share/doc/vidmetrics/licences" "$dist"
finished
