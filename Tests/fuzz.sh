#!/usr/bin/env bash
# Fuzzes every reader of files for SECONDS each, one after the other, with libFuzzer: Tests/fuzz.sh 60 [target ...]
# Inputs that crashed stay in .build-fuzz/findings; corpora grow in .build-fuzz/corpus from run to run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?how many seconds for each target}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(
  manifest archive idx npy arrays npz safetensors csv stl10 cifar webdataset picture sound film texts jsonl vectors)
build=$PWD/.build-fuzz
flags=(-c release -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library -Xswiftc -enable-testing)
swift build --package-path Tests/Fuzz --scratch-path "$build" "${flags[@]}" >&2
python3 Tests/Fuzz/seeds.py "$build/seeds"
total=0
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target" "$build/findings"
  log=$build/$target.log
  FUZZ_TARGET=$target "$build/release/Fuzz" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "$build/corpus/$target" "$build/seeds/$target" >"$log" 2>&1 || {
    tail -40 "$log" >&2
    echo "fuzz: $target found something; the input is in $build/findings" >&2
    exit 1
  }
  rm -rf /dev/shm/iic-fuzz-*
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  echo "fuzz: $target: $count executions, peak $peak MB"
  total=$((total + count))
done
echo "fuzz: $total executions in all; no crash, no hang, none above 2048 MB"
