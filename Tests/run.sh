#!/usr/bin/env bash
# Sets everything up, checks style and structure, builds with warnings as errors, and runs the tests.
# Arguments go to `swift test`: Tests/run.sh --filter Loss
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

Sources/setup.sh
Tests/setup_test.sh

echo "run: style" >&2
swift format lint --strict --recursive Package.swift Sources Plugins Tests samples

echo "run: IICCore names no modality" >&2
kinds='images?|pictures?|pixels?|audio|sounds?|recordings?|spectrograms?|videos?|films?|clips?|frames?'
if grep -rnwiE "$kinds|(Image|Audio|Video|Text|Vector)Modality" Sources/IICCore; then
  echo "run: the lines above name a modality; IICCore may not" >&2
  exit 1
fi

# One release build serves the tests and the program they run; debug tensor code is too slow to train.
flags=(-c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error)
# What is up to date is not compiled again, nor warned of: files that the last build warned of are touched, so that this
# one does so as well for as long as there is reason to.
log=.build/warnings.log
place="$PWD/(Sources|Plugins|Tests|Package.swift)[^:]*"
mkdir -p .build
if [ -e "$log" ]; then
  { grep -oE "^$place:[0-9]+:[0-9]+: warning:" "$log" || true; } | cut -d : -f 1 | sort -u | xargs -r -d '\n' touch -c
fi
echo "run: building" >&2
swift build --build-tests "${flags[@]}" 2>&1 | tee "$log" >&2
if grep -E "^$place:.*warning:" "$log"; then
  echo "run: the warnings above are errors here" >&2
  exit 1
fi
if [ $# -eq 0 ]; then
  echo "run: faults" >&2
  Tests/faults.py >&2
fi
swift test --skip-build "${flags[@]}" "$@"
