#!/usr/bin/env bash
# Builds the sample package that brings an objective with targets of its own, and shows what it is there to show: without
# remedies its clusters collapse, where the information loss keeps all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sample=samples/degenerate
# The same folder as for the other sample package: what both depend on is compiled once.
swift build --package-path "$sample" --scratch-path "$PWD/.build-custom" -c release -Xswiftc -enable-testing >&2
program=$PWD/.build-custom/release/degenerate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
few=(--set training.epochs=3 --set training.seed=1 --set training.precision=float32 --quiet --json)
"$program" train "$sample/pseudo-labels.yaml" --run "$work/collapsed" "${few[@]}" \
  --set objective.assignment=own --set objective.remedies=false >"$work/collapsed.json"
"$program" train "$sample/pseudo-labels.yaml" --run "$work/remedies" "${few[@]}" --set training.epochs=2 \
  >"$work/remedies.json"
"$program" train "$sample/iic.yaml" --run "$work/iic" "${few[@]}" >"$work/iic.json"
"$sample/show.py" "$work/collapsed" "$work/remedies" "$work/iic" --svg "$work/shares.svg" >"$work/table"
python3 - "$work" <<'END_OF_CHECKS'
import json, pathlib, sys

work = pathlib.Path(sys.argv[1])


def shares(name):
    counts = json.loads((work / f"{name}.json").read_text())["cluster_counts"]
    return [count / sum(counts) for count in counts]


def expect(holds, message):
    if not holds:
        sys.exit(f"degenerate: {message}")


collapsed, remedies, iic = shares("collapsed"), shares("remedies"), shares("iic")
used = sum(share >= 0.01 for share in collapsed)
expect(max(collapsed) > 0.5 or used < 5, f"labels of its own gave {used} clusters, the largest with {max(collapsed):.2f}")
expect(max(remedies) < 0.5, f"with remedies the largest cluster has {max(remedies):.2f}")
expect(max(iic) < 0.25 and min(iic) > 0.01, f"the information loss gave clusters of {iic}")
table = (work / "table").read_text()
expect(table.count("clusters in use") == 3 and (work / "shares.svg").read_text().count("<polyline") == 3, "show.py")
print(f"degenerate: largest cluster {max(collapsed):.2f}, with remedies {max(remedies):.2f}, by the information loss {max(iic):.2f}")
END_OF_CHECKS
