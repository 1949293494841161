#!/usr/bin/env bash
# Builds the sample package that brings a modality of its own, and trains it: the seam holds outside this package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$PWD/.build-custom
swift build --package-path samples/custom-modality --scratch-path "$build" -c release >&2
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
"$build/release/sensors" train samples/custom-modality/iic.yaml --run "$run/run" --json >"$run/figures.json"
python3 - "$run/figures.json" <<'END'
import json, sys
found = json.load(open(sys.argv[1]))["by_loss"]["acc"]
print(f"custom_modality: accuracy {found:.3f}")
sys.exit(f"custom_modality: found accuracy {found}; expected at least 0.6" if found < 0.6 else 0)
END
