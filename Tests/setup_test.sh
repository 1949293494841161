#!/usr/bin/env bash
# What Sources/setup.sh does when something is missing: one message, exit code 1, nothing half-made.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# expect NAME PATTERN COMMAND...: the command fails with exit code 1 and one line that matches.
expect() {
  local name=$1 pattern=$2 output status
  shift 2
  output=$("$@" 2>&1)
  status=$?
  if [ $status -eq 1 ] && [ "$(tail -n 1 <<<"$output" | grep -cE "$pattern")" -eq 1 ]; then
    echo "ok $name" >&2
  else
    echo "not ok $name: exit code $status, output: $output" >&2
    failed=1
  fi
}

mkdir "$folder/bin" "$folder/empty" "$folder/cache"

expect "LIBTORCH without libtorch" 'setup: LIBTORCH=.* has no lib/libtorch_cpu.so' \
  env LIBTORCH="$folder/empty" Sources/setup.sh

# A pip that delivers a wheel of other bytes.
cat >"$folder/bin/python3" <<'SHIM'
#!/usr/bin/env bash
case "$*" in
  "-m pip --version") exit 0 ;;
  *"pip download"*)
    while [ $# -gt 0 ]; do [ "$1" = --dest ] && echo damaged >"$2/torch-2.15.0-cp311-cp311-any.whl"; shift; done ;;
esac
SHIM
chmod +x "$folder/bin/python3"
expect "a wrong checksum" 'setup: the checksum of torch-2.15.0.* is not the expected' \
  env -u LIBTORCH PATH="$folder/bin:$PATH" XDG_CACHE_HOME="$folder/cache" Sources/setup.sh

printf '#!/usr/bin/env bash\ncase "$*" in *download*) exit 1 ;; esac\n' >"$folder/bin/python3"
expect "no network" 'setup: torch 2.15.0 could not be downloaded; check the network' \
  env -u LIBTORCH PATH="$folder/bin:$PATH" XDG_CACHE_HOME="$folder/cache" Sources/setup.sh

printf '#!/usr/bin/env bash\nprintf "Avail\\n12M\\n"\n' >"$folder/bin/df"
chmod +x "$folder/bin/df"
expect "a full disk" 'setup: .* has 12 MB free; [0-9]+ MB are needed' \
  env -u LIBTORCH PATH="$folder/bin:$PATH" XDG_CACHE_HOME="$folder/cache" Sources/setup.sh

printf '#!/usr/bin/env bash\necho "Swift version 5.10 (swift-5.10-RELEASE)"\n' >"$folder/bin/swift"
chmod +x "$folder/bin/swift"
expect "an old Swift" 'setup: found Swift 5.10; version 6.2 or newer is needed' \
  env PATH="$folder/bin:$PATH" Sources/setup.sh

if [ -z "$(ls "$folder/cache/iic" | grep -v setup.lock)" ]; then
  echo "ok nothing is left half-made" >&2
else
  echo "not ok nothing is left half-made: $(ls "$folder/cache/iic")" >&2
  failed=1
fi
exit $failed
