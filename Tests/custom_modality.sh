#!/usr/bin/env bash
# Builds the sample package that brings a modality of its own, runs its tests and every command on it: the seam holds
# outside this package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sample=samples/custom-modality
# One build serves the tests and the program.
flags=(--package-path "$sample" --scratch-path "$PWD/.build-custom" -c release -Xswiftc -enable-testing)
swift build --build-tests "${flags[@]}" >&2
swift test --skip-build "${flags[@]}" >&2

program=$PWD/.build-custom/release/sensors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" modalities sensor --json >"$work/keys.json"
"$program" inspect "$sample/iic.yaml" --json >"$work/inspected.json"

# The views have no height, so they cannot be drawn; that is said before anything is reported.
if "$program" inspect "$sample/iic.yaml" --sheet "$work/pairs.png" >"$work/reported" 2>"$work/refused"; then
  echo "custom_modality: views [C, L] were drawn" >&2
  exit 1
fi
if ! grep -qF 'only views [C, H, W] can be drawn' "$work/refused" || [ -s "$work/reported" ]; then
  echo "custom_modality: views [C, L] were refused as: $(cat "$work/refused" "$work/reported")" >&2
  exit 1
fi

# A recording that is too short is left out, and that is said.
mkdir "$work/recordings"
tar -C "$work/recordings" -xzf "$sample/recordings.tar.gz"
printf 'x,y,z\n1,2,3\n' >"$work/recordings/walking/00.csv"
"$program" inspect "$sample/iic.yaml" --json --set data.source="$work/recordings" >"$work/short.json"

"$program" train "$sample/iic.yaml" --run "$work/run" --json >"$work/trained.json"
"$program" evaluate "$work/run" --json >"$work/evaluated.json"
"$program" embed "$work/run" --out "$work/features.npy" --labels-out "$work/labels.npy" >&2

# An objective of the package's own: a run folder, resumed with more epochs, opened again.
"$program" train "$sample/iic.yaml" --run "$work/contrast" --set objective.name=contrastive --set training.epochs=30 \
  --set training.schedule=constant --set heads.main.start=0.3 >&2
"$program" train --resume "$work/contrast" --set training.epochs=40 --json >"$work/contrast.json"
"$program" evaluate "$work/contrast" --json >"$work/contrast-evaluated.json"
grep -q '"contrast":' "$work/contrast/metrics.jsonl"

# Moments of series, by the objective over places.
"$program" inspect "$sample/moments.yaml" --json >"$work/moments-inspected.json"
"$program" train "$sample/moments.yaml" --run "$work/moments" --json >"$work/moments.json"
"$program" evaluate "$work/moments" --json >"$work/moments-evaluated.json"
python3 - "$work" <<'END_OF_CHECKS'
import ast, json, pathlib, sys

work = pathlib.Path(sys.argv[1])


def figures(name):
    return json.loads((work / name).read_text())


def expect(holds, message):
    if not holds:
        sys.exit(f"custom_modality: {message}")


def shape(name):
    data = (work / name).read_bytes()
    size = int.from_bytes(data[8:10], "little")
    return ast.literal_eval(data[10:10 + size].decode())["shape"]


own = {key["key"] for key in figures("keys.json")["keys"] if key["own"]}
expect({"data.source", "data.window", "views.noise", "encoder.width"} <= own, f"modalities lists {sorted(own)}")

inspected = figures("inspected.json")
expect(inspected["data"]["items"] == 180, f"inspect found {inspected['data']['items']} items; expected 180")
expect(inspected["view_shape"] == [3, 64], f"inspect found views {inspected['view_shape']}; expected [3, 64]")
# Five steps in each of 40 epochs.
expect(inspected["trial"]["steps"] == 5 * 40, f"inspect counts {inspected['trial']['steps']} steps")
short = figures("short.json")
note = 'data: left out files, shorter than 96 moments, window and margin: 1: "walking/00.csv"'
expect(short["data"]["items"] == 180 and note in short["warnings"], f"inspect warns of {short['warnings']}")

found = figures("trained.json")["by_loss"]["acc"]
again = figures("evaluated.json")["by_loss"]["acc"]
expect(found >= 0.95, f"found accuracy {found}; expected at least 0.95")
expect(abs(found - again) < 1e-9, f"evaluate found accuracy {again}; training ended with {found}")
expect(shape("features.npy") == (180, 128), f"embed wrote features {shape('features.npy')}; expected (180, 128)")
expect(shape("labels.npy") == (180,), f"embed wrote labels {shape('labels.npy')}; expected (180,)")
contrast = figures("contrast.json")["by_loss"]["acc"]
expect(contrast >= 0.95, f"the contrastive objective reached {contrast}; expected at least 0.95")
expect(figures("contrast-evaluated.json")["by_loss"]["acc"] == contrast, "evaluate found another accuracy")
places = figures("moments-inspected.json")["data"]
expect(places["place_classes"] == ["walking", "waving", "shaking"], f"inspect found classes of places {places}")
moments = figures("moments.json")
expect(moments["places"] == 60 * 320, f"found {moments['places']} moments; expected 60 stretches of 320")
expect(moments["by_loss"]["acc"] >= 0.9, f"moments reached {moments['by_loss']['acc']}; expected at least 0.9")
expect(figures("moments-evaluated.json")["by_loss"]["acc"] == moments["by_loss"]["acc"], "evaluate found another accuracy")
print(f"custom_modality: accuracy {found:.3f}, of moments {moments['by_loss']['acc']:.3f}, with an objective of its own {contrast:.3f}")
END_OF_CHECKS
