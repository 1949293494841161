# For Tests/setup_test.sh: machines made of stand-ins, and checks of what the set-up does on them.
# Wants $folder, a folder for all of it. A machine has the tools below and what a case adds; nothing else is on PATH.
# Stand-ins are in $machine/bin and links to the real tools in $machine/tools: nothing is ever written through a link.

failed=0
limit=unlimited
real_python=$(python3 -c 'import sys; print(sys.executable)')

# shim NAME: a program of that name on the machine, whose text comes on standard input.
shim() {
  rm -f "$machine/bin/$1"
  { echo '#!/usr/bin/env bash'; cat; } >"$machine/bin/$1"
  chmod +x "$machine/bin/$1"
}

# machine NAME: begins a machine with Swift, all packages, pip and an index that delivers, and an empty cache.
machine() {
  machine=$folder/$1
  cache=$machine/cache/iic
  target=$cache/libtorch-2.15.0
  mkdir -p "$machine/bin" "$machine/tools" "$machine/cache"
  local tool
  for tool in basename bash cat df dirname env find flock grep head id mkdir mktemp mv paste rm sed sha256sum sleep sort \
    tail tr uname; do
    ln -s "$(command -v "$tool")" "$machine/tools/$tool"
  done
  shim swift <<<'echo "Swift version 6.3.1 (swift-6.3.1-RELEASE)"'
  shim git <<<'exit 0'
  shim dpkg-query <<<'echo "install ok installed"'
  shim apt-get <<<"echo \"\$*\" >>$machine/apt.log"
  shim python3 <<SHIM
case "\$*" in
  "-m pip --version") [ ! -e $machine/no-pip ] ;;
  *"pip download"*)
    echo "\$*" >>$machine/pip.log
    . $machine/deliver
    ;;
  *) exec $real_python "\$@" ;;
esac
SHIM
  deliver <<<"exec $real_python $PWD/Tests/Setup/wheels.py \"\$@\""
}

# deliver: what pip does when asked for a wheel, on standard input.
deliver() { cat >"$machine/deliver"; }

# any_checksum: the wheels of the stand-in are taken for those of the index.
any_checksum() { shim sha256sum <<<'cat >/dev/null'; }

without() { rm -f "$machine/bin/$1" "$machine/tools/$1"; }

# set_up [NAME=VALUE ...]: runs the set-up on the machine, where no file is larger than $limit KiB; leaves $output and
# $status.
set_up() {
  output=$(
    ulimit -f "$limit"
    env -i PATH="$machine/bin:$machine/tools" HOME="$machine" XDG_CACHE_HOME="$machine/cache" "$@" Sources/setup.sh 2>&1
  )
  status=$?
}

# check NAME COMMAND...: whether the command holds.
check() {
  local name=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "ok $name" >&2
  else
    echo "not ok $name: exit code $status, output: $output; in the cache: $(ls -A "$cache" 2>&1)" >&2
    failed=1
  fi
}

# fails PATTERN: exit code 1, a last line that matches, and nothing half-made.
fails() { [ "$status" -eq 1 ] && tail -n 1 <<<"$output" | grep -qE "^setup: $1" && nothing_half_made; }
succeeds() { [ "$status" -eq 0 ] && nothing_half_made; }
nothing_half_made() { [ -z "$(ls -A "$cache" 2>/dev/null | grep -vE '^(setup\.lock|libtorch-2\.15\.0)$')" ]; }
is_done() { succeeds && [ -f "$target/complete" ] && [ -s "$target/lib/libtorch_cpu.so" ]; }
