#!/usr/bin/env bash
# What Sources/setup.sh does on machines where something is missing or breaks: one message, exit code 1, nothing
# half-made; and that the next run finishes. Nothing is downloaded, installed or built.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
. Tests/Setup/shims.sh

machine complete
any_checksum
set_up
check "a set-up on an empty machine" is_done
check "only what is needed is unpacked" \
  [ "$(ls "$target/lib" | tr '\n' ' ')" = "libc10.so libcudart.so.13 libcupti.so.13 libgfortran.so.5 libgomp.so.1 libtorch_cpu.so " ]
check "wheels stay in no other place" [ "$(grep -c -e '--no-cache-dir' "$machine/pip.log")" -eq 3 ]
check "nothing is installed that is there" [ ! -e "$machine/apt.log" ]
without apt-get
deliver <<<'exit 1'
shim id <<<'echo 1000'
began=$(date +%s%N)
set_up
check "a second run, without root or network" is_done
echo "a second run takes $((($(date +%s%N) - began) / 1000000)) ms" >&2

machine aarch64
any_checksum
shim uname <<<'echo aarch64'
set_up
check "aarch64" is_done
check "wheels of aarch64 are asked for" [ "$(grep -c -- '--platform manylinux_2_28_aarch64' "$machine/pip.log")" -eq 3 ]
check "checksums of aarch64" grep -q '^torch 2.15.0 58ce2ebfb343' "$target/complete"
check "libraries of aarch64" [ -e "$target/lib/libarm_compute.so" -a -e "$target/lib/libnvpl_blas.so" ]
shim uname <<<'echo riscv64'
set_up
check "another architecture" fails 'no libtorch is known for riscv64; x86_64 and aarch64 are supported'

machine swift
shim swift <<<'echo "Swift version 5.10 (swift-5.10-RELEASE)"'
set_up
check "an old Swift" fails 'found Swift 5.10; version 6.2 or newer is needed'
without swift
set_up
check "no Swift" fails 'swift is not on PATH; install Swift 6.2 or newer'

machine packages
any_checksum
shim dpkg-query <<<'[ "${@: -1}" != libssl-dev ] || exit 1; echo "install ok installed"'
without git
touch "$machine/no-pip"
shim id <<<'echo 1000'
set_up
check "neither root nor sudo" fails 'missing: libssl-dev git python3-pip; run as root: apt-get install libssl-dev git'
shim id <<<'echo 0'
set_up
check "packages are installed" grep -qE '^install .* libssl-dev git python3-pip$' "$machine/apt.log"
rm -rf "$target"
shim apt-get <<<'exit 100'
set_up
check "apt fails" fails 'apt could not install libssl-dev git python3-pip; check the network'
without apt-get
set_up
check "no apt, and no pip" fails 'missing: libssl-dev git python3-pip; apt-get is not here'

machine downloads
set_up
check "a wrong checksum" fails 'the checksum of torch-2.15.0.* is not the expected'
deliver <<<'exit 1'
set_up
check "no network" fails 'torch 2.15.0 could not be downloaded; check the network'
shim df <<<'printf "Avail\n12M\n"'
set_up
check "a full disk" fails '.* has 12 MB free; [0-9]+ MB are needed'

machine unpacking
any_checksum
# No file may be larger than 64 KiB: the wheels fit, what is in them does not.
limit=64
set_up
limit=unlimited
check "a disk that fills while unpacking" fails 'the wheels could not be unpacked into .*; check the disk'

machine killed
any_checksum
deliver <<<"while [ \"\$1\" != --dest ]; do shift; done
echo part >\"\$2/torch.part\"
echo >$machine/downloading
exec sleep 60"
setsid env -i PATH="$machine/bin:$machine/tools" XDG_CACHE_HOME="$machine/cache" Sources/setup.sh 2>/dev/null &
group=$!
for ((wait = 0; wait < 200; wait++)); do
  [ ! -e "$machine/downloading" ] || break
  sleep 0.05
done
kill -KILL -- "-$group"
wait "$group" 2>/dev/null
output='(killed)'
check "a download that is killed counts as nothing" [ -e "$machine/downloading" -a ! -e "$target" ]
check "a killed set-up leaves what it had begun" compgen -G "$cache/libtorch-*.building-*/wheels/torch.part"
deliver <<<"exec $real_python $PWD/Tests/Setup/wheels.py \"\$@\""
set_up
check "the next run finishes and clears up" is_done

machine libtorch
deliver <<<'exit 1'
given=$machine/given
mkdir -p "$given/lib" "$given/include/ATen" "$given/include/torch/headeronly"
set_up LIBTORCH="$given"
check "LIBTORCH without libtorch" fails 'LIBTORCH=.* has no lib/libtorch_cpu.so'
touch "$given/lib/libtorch_cpu.so" "$given/include/ATen/ATen.h"
set_up LIBTORCH="$given"
check "LIBTORCH that does not say its version" succeeds
printf '#define TORCH_VERSION_%s\n' 'MAJOR 2' 'MINOR 15' 'PATCH 0' >"$given/include/torch/headeronly/version.h"
set_up LIBTORCH="$given"
check "a valid LIBTORCH" [ "$status $output" = "0 setup: using libtorch in $given (LIBTORCH), version 2.15.0" ]
printf '#define TORCH_VERSION_%s\n' 'MAJOR 2' 'MINOR 1' 'PATCH 15' >"$given/include/torch/headeronly/version.h"
set_up LIBTORCH="$given"
check "LIBTORCH of another version" fails 'LIBTORCH=.* is libtorch 2.1.15; 2.15 or 2.11 is needed'
rm "$given/include/torch/headeronly/version.h"
echo "__version__ = '2.14.1+cpu'" >"$given/version.py"
set_up LIBTORCH="$given"
check "LIBTORCH out of a wheel of another version" fails 'LIBTORCH=.* is libtorch 2.14.1; 2.15 or 2.11 is needed'
set_up LIBTORCH=given
check "a relative LIBTORCH" fails 'LIBTORCH=given is a relative path; expected an absolute one'
set_up LIBTORCH= XDG_CACHE_HOME=
cache=$machine/.cache/iic
check "empty variables count as unset" fails 'torch 2.15.0 could not be downloaded'
check "the cache is then in the home folder" [ -e "$cache/setup.lock" ]
exit $failed
