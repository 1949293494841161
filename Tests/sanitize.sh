#!/usr/bin/env bash
# Runs the tests of everything that calls C or C++ under AddressSanitizer, then under UndefinedBehaviorSanitizer.
# The libraries behind (libtorch, libarchive, FFmpeg) are not instrumented; what passes the boundary is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter=${1:-TorchTests|MediaTests|ArchiveTests|SampleCacheTests|SHA256}
# Containers of C++ that libtorch, uninstrumented, has grown look overflown; its registries live until the end.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0:abort_on_error=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
for sanitizer in address undefined; do
  build=.build-sanitize-$sanitizer
  flags=(--sanitize="$sanitizer" --scratch-path "$build" -Xswiftc -enable-testing)
  echo "sanitize: building with $sanitizer" >&2
  swift build --build-tests "${flags[@]}" >&2
  swift test --skip-build "${flags[@]}" --filter "$filter"
done
echo "sanitize: nothing found"
