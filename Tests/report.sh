#!/usr/bin/env bash
# Opens reports of every modality in Chromium, in light, dark and on a phone's width: Tests/report.sh [FOLDER]
# With a folder, screenshots go there. Needs Debian's chromium; playwright and axe-core come from PyPI into the cache folder.
# IIC names the program if it is elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${IIC:-$PWD/.build/release/iic}
[ -x "$program" ] || { echo "report: $program is missing; swift build -c release --product iic" >&2; exit 1; }
chromium=$(command -v chromium) || { echo "report: chromium is missing; apt-get install chromium" >&2; exit 1; }
shots=${1:-none}
[ "$shots" = none ] || mkdir -p "$shots"
packages=${XDG_CACHE_HOME:-$HOME/.cache}/iic/python-report
if [ ! -e "$packages/complete" ]; then
  rm -rf "$packages"
  python3 -m pip install --quiet --disable-pip-version-check --target "$packages" playwright axe-core-python numpy >&2
  touch "$packages/complete"
fi
export PYTHONPATH=$packages

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
python3 Tests/Exports/make.py "$work" all
mkdir "$work/pages"
for name in image-compact audio-compact text-bag vector-mlp video places-compact; do
  "$program" train "$work/$name.yaml" --run "$work/runs/$name" >"$work/log" 2>&1 &&
    "$program" report "$work/runs/$name" --out "$work/pages/$name.html" >>"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
done
python3 Tests/Report/browse.py "$chromium" "$shots" "$work/pages"
# What the page saved, the program obeys: the same clusters with as many items.
"$program" edit "$work/runs/vector-mlp" --from "$work/pages/edits.json" --json >"$work/edited.json" 2>>"$work/log"
python3 - "$work/edited.json" "$work/pages/heads.json" <<'END'
import json, sys
edited, heads = (json.load(open(path)) for path in sys.argv[1:])
wanted = sorted(f"{one['items']} item" + ("" if one["items"] == 1 else "s") for one in edited["clusters"])
found = sorted(head.rsplit(" — ", 1)[1] for head in heads)
assert wanted == found, (wanted, found)
assert any("onerror" in (one.get("name") or "") for one in edited["clusters"])
print("ok what the page saved is obeyed")
END
