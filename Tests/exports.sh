#!/usr/bin/env bash
# Opens what iic exports with the tools that it is for, from PyPI, kept in the cache folder:
#   Tests/exports.sh                     ONNX in onnxruntime: the kinds of networks (a minute)
#   Tests/exports.sh all                 every network, and cleanlab's Datalab, embedding-atlas, FiftyOne, TensorBoard and PyTorch (gigabytes)
# IIC names the program if it is elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${IIC:-$PWD/.build/release/iic}
[ -x "$program" ] || { echo "exports: $program is missing; swift build -c release --product iic" >&2; exit 1; }
tools=(onnx)
packages=(onnx onnxruntime numpy pillow)
if [ "${1:-}" = all ]; then
  tools+=(torch datalab embedding-atlas fiftyone tensorboard)
  packages+=("torch==2.*" safetensors "cleanlab[datalab]" embedding-atlas fiftyone tensorboard)
fi
# In a folder of their own, which needs no environment and changes none.
packages_folder=${XDG_CACHE_HOME:-$HOME/.cache}/iic/python-$(IFS=-; echo "${tools[*]}")
if [ ! -e "$packages_folder/complete" ]; then
  rm -rf "$packages_folder"
  python3 -m pip install --quiet --disable-pip-version-check --target "$packages_folder" "${packages[@]}" >&2
  touch "$packages_folder/complete"
fi
export PYTHONPATH=$packages_folder

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
python3 Tests/Exports/make.py "$work" "$@"
for manifest in "$work"/*.yaml; do
  name=$(basename "$manifest" .yaml)
  "$program" train "$manifest" --run "$work/runs/$name" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
done
python3 Tests/Exports/open.py "$program" "$work" "${tools[@]}"
