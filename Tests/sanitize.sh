#!/usr/bin/env bash
# Runs the tests of everything that calls C or C++ under AddressSanitizer and UndefinedBehaviorSanitizer.
# The libraries behind (libtorch, libarchive, FFmpeg) are not instrumented; what passes the boundary is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter=${1:-TorchTests|MediaTests|ArchiveTests|SampleCacheTests|MappedFileTests|WholeFileTests}
# Containers of C++ that libtorch, uninstrumented, has grown look overflown; its registries live until the end.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0:abort_on_error=1
flags=(--sanitize=address --scratch-path .build-sanitize -Xswiftc -enable-testing)
# Swift's driver knows no undefined behaviour to look for on Linux; clang does, and ends the process where it is found.
for compiler in -Xcc -Xcxx; do
  flags+=("$compiler" -fsanitize=undefined "$compiler" -fsanitize-trap=undefined)
done
echo "sanitize: building" >&2
swift build --build-tests "${flags[@]}" >&2
swift test --skip-build "${flags[@]}" --filter "$filter" 2>&1 | tee .build-sanitize/tests.log
grep -qE 'Test run with [1-9][0-9]* tests?' .build-sanitize/tests.log || { echo "sanitize: no test was run" >&2; exit 1; }
echo "sanitize: nothing found"
