#!/usr/bin/env bash
# Sets everything up, builds, and runs the bundled image benchmark. Arguments go to the benchmark.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
Sources/setup.sh
echo "quickstart: building (a few minutes the first time)" >&2
swift build -c release --product iic >&2
echo "quickstart: iic bench fashion-mnist $*" >&2
exec .build/release/iic bench fashion-mnist "$@"
