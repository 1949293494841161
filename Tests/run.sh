#!/usr/bin/env bash
# Sets everything up, checks style and structure, builds with warnings as errors, and runs the tests.
# Arguments go to `swift test`: Tests/run.sh --filter Loss
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# refuse MESSAGE GREP...: ends with the message if grep finds something, and if it cannot look.
refuse() {
  local message=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" -ne 1 ] || return 0
  echo "run: $message" >&2
  exit 1
}

Sources/setup.sh
Tests/setup_test.sh

echo "run: style" >&2
swift format lint --strict --recursive Package.swift Sources Plugins Tests samples

echo "run: folders depend one way" >&2
Tests/structure.py

echo "run: IICCore names no modality" >&2
kinds='images?|pictures?|pixels?|audio|sounds?|recordings?|spectrograms?|videos?|films?|clips?|frames?'
refuse 'the lines above name a modality; IICCore may not' \
  grep -rnwiE "$kinds|(Image|Audio|Video|Text|Vector)Modality" Sources/IICCore
# As a part of a name: imageCount, ImageCount, countOfImages.
capitals=$(sed -E 's/(^|\|)([a-z])/\1\U\2/g' <<<"$kinds")
refuse 'the names above are of a modality; IICCore may have none' \
  grep -rnE "\<($kinds|$capitals)[A-Z]|[a-z]($capitals)([A-Z]|\>)" Sources/IICCore

# One release build serves the tests and the program they run; debug tensor code is too slow to train.
flags=(-c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error)
# What is up to date is not compiled again, nor warned of: files that the last build warned of, and those that another
# build than this script's may have compiled since, are touched. Without a last build that is all of them.
log=.build/warnings.log
warning='^([^:]*/)?(Sources|Plugins|Tests|Package\.swift)[^:]*:[0-9]+:[0-9]+: warning:'
mkdir -p .build
if [ -e "$log" ]; then
  { grep -E "$warning" "$log" || true; } | cut -d : -f 1 | sort -u | xargs -r -d '\n' touch -c
  find Package.swift Sources Plugins Tests -type f -newer "$log" -exec touch -c {} +
elif [ -e .build/release ]; then
  find Package.swift Sources Plugins Tests -type f -exec touch -c {} +
fi
echo "run: building" >&2
swift build --build-tests "${flags[@]}" 2>&1 | tee "$log" >&2
# Those of packages that this one depends on are theirs.
grep -v '^[^:]*/\.build/' "$log" >"$log.own" || [ $? -eq 1 ]
refuse 'the warnings above are errors here' grep -E "$warning" "$log.own"
if [ $# -eq 0 ]; then
  echo "run: faults" >&2
  Tests/faults.py >&2
  echo "run: exports" >&2
  Tests/exports.sh >&2
fi
# A filter that fits no test is no error to it.
swift test --skip-build "${flags[@]}" "$@" 2>&1 | tee .build/tests.log
grep -qE 'Test run with [1-9][0-9]* tests?' .build/tests.log || { echo "run: no test was run" >&2; exit 1; }
