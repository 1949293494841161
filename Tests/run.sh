#!/usr/bin/env bash
# Sets everything up, checks style and structure, builds with warnings as errors, and runs the tests.
# Arguments go to `swift test`: Tests/run.sh --filter Loss
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

Sources/setup.sh
Tests/setup_test.sh

echo "run: style" >&2
swift format lint --strict --recursive Package.swift Sources Plugins Tests

echo "run: IICCore names no modality" >&2
if grep -rnwiE 'images?|pixels?|audio|videos?|spectrograms?|ImageModality|TextModality' Sources/IICCore; then
  echo "run: the lines above name a modality; IICCore may not" >&2
  exit 1
fi

# One release build serves the tests and the program they run; debug tensor code is too slow to train.
flags=(-c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "run: building" >&2
swift build --build-tests "${flags[@]}" 2>&1 | tee "$log" >&2
if grep -E "^$PWD/(Sources|Plugins|Tests)/.*warning:" "$log"; then
  echo "run: the warnings above are errors here" >&2
  exit 1
fi
if [ $# -eq 0 ]; then
  echo "run: faults" >&2
  Tests/faults.py >&2
fi
swift test --skip-build "${flags[@]}" "$@"
