#!/usr/bin/env bash
# Trains an encoder on the 70,000 images of Fashion-MNIST and writes what it makes of them, 256 features an image, to a
# folder. No label is used but for the column that evaluation compares with. IIC names the program if it is elsewhere.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:-$root/samples/vector/vectors}
program=${IIC:-$root/.build/release/iic}
[ -x "$program" ] || {
  echo "prepare: $program is missing; swift build -c release --product iic" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images=/usr/share/datasets/fashion-mnist
if [ ! -d "$images" ]; then
  (cd "$work" && apt-get download -qq dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb package) >&2
  images=$work/package$images
fi

# On views of 15 x 15 the encoder's last map is one pixel: 256 features.
"$program" train "$root/samples/fashion-mnist/full.yaml" --run "$work/run" --set data.source="$images" \
  --set views.size=15 --set training.epochs=2 >&2
mkdir -p "$out"
"$program" embed "$work/run" --out "$out/features.npy" --labels-out "$out/labels.npy"
echo "$out"
