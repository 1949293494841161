#!/usr/bin/env bash
# Makes t10k.tar.gz from Debian's dataset-fashion-mnist; the same bytes every time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source=/usr/share/datasets/fashion-mnist
[ -f $source/t10k-images-idx3-ubyte.gz ] || {
  echo "make: $source is missing; apt-get install dataset-fashion-mnist" >&2
  exit 1
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do gunzip -c "$source/$name.gz" >"$folder/$name"; done
tar --sort=name --mtime=@1503619200 --owner=0 --group=0 --numeric-owner --mode=644 --format=ustar \
  -C "$folder" -cf - t10k-images-idx3-ubyte t10k-labels-idx1-ubyte | gzip -9n >t10k.tar.gz
sha256sum t10k.tar.gz
