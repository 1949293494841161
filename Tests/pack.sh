#!/usr/bin/env bash
# Packs the release program for machines without a compiler: Tests/pack.sh OUT.tar.xz
#
# The pack holds the program, with Swift's libraries in it, and every shared library that it needs but libtorch, the C
# library and that of C++. libtorch is the machine's own, of the version that LIBTORCH named when the pack was made:
# `iic/iic` looks where LIBTORCH says, or else where python3 has torch, CUDA's libraries beside it.
set -euo pipefail
out=$(realpath -m "${1:?where to write the pack: Tests/pack.sh OUT.tar.xz}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "pack: $*" >&2; }
fail() { say "$*"; exit 1; }

# Swift builds with another libtorch are kept apart.
libtorch=${LIBTORCH:-${XDG_CACHE_HOME:-$HOME/.cache}/iic/libtorch-2.15.0}
[ -e "$libtorch/lib/libtorch_cpu.so" ] || fail "$libtorch has no lib/libtorch_cpu.so; set LIBTORCH or run Sources/setup.sh"
scratch=.build-pack-$(echo "$libtorch" | sha256sum | cut -c 1-8)
say "building with libtorch in $libtorch"
swift build -c release --product iic --static-swift-stdlib --scratch-path "$scratch" >&2
program=$scratch/release/iic

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/iic/bin" "$work/iic/lib"
strip -o "$work/iic/bin/iic" "$program"

# What libtorch brings, and what every Linux has; libgomp and CUDA's libraries are found beside libtorch.
theirs='^(libtorch.*|libc10.*|libgomp|libcudart|libcupti|libc|libm|libmvec|libdl|librt|libpthread|libresolv|libutil|libstdc\+\+|libgcc_s|ld-linux.*)\.so'
# Large libraries that FFmpeg and libxml2 name for what iic never asks of them: to encode, to draw, to read rare encodings
# of text. In their place stand ones whose functions do nothing and return 0.
hollow='^(libx265|libx264|libSvtAv1Enc|librav1e|libcodec2|librsvg-2|libicuuc|libicudata)\.so'

declare -A places=() packed=()
while read -r name arrow path rest; do
  [ "$arrow" != '=>' ] || places[$name]=$path
done < <(LD_LIBRARY_PATH=$libtorch/lib ldd "$program")
files=("$program")
hollows=()
for ((next = 0; next < ${#files[@]}; next++)); do
  for name in $(objdump -p "${files[next]}" | sed -nE 's/^ +NEEDED +//p'); do
    [[ ! $name =~ $theirs ]] && [ -z "${packed[$name]:-}" ] || continue
    packed[$name]=yes
    place=${places[$name]:-}
    [ -e "$place" ] || fail "$name, which ${files[next]} needs, is not found"
    if [[ $name =~ $hollow ]]; then
      hollows+=("$name")
    else
      cp -L "$place" "$work/iic/lib/$name"
      files+=("$place")
    fi
  done
done
symbols() { nm -D "$@" 2>/dev/null | sed -E 's/.* //; s/@.*//' | grep -E '^[A-Za-z_][A-Za-z0-9_]*$' | sort -u; }
symbols --undefined-only "${files[@]}" >"$work/asked"
for name in "${hollows[@]}"; do
  symbols --defined-only "${places[$name]}" | comm -12 "$work/asked" - | sed 's/.*/void *&(void) { return 0; }/' >"$work/hollow.c"
  cc -w -fno-builtin -shared -fPIC -Wl,-soname,"$name" -o "$work/iic/lib/$name" "$work/hollow.c"
done

# The version that the program was compiled against, without the patch, which keeps the interface.
"$program" --version | sed -nE 's/^libtorch ([0-9]+\.[0-9]+).*/\1/p' >"$work/iic/libtorch-version"
[ -s "$work/iic/libtorch-version" ] || fail "the program does not tell its version of libtorch"

cat >"$work/iic/iic" <<'WRAPPER'
#!/bin/sh
# Runs iic with the libtorch in LIBTORCH, or else with that of python3's torch, and the libraries beside this file.
fail() { echo "iic: $*" >&2; exit 1; }
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd) || exit 1
version=$(cat "$here/libtorch-version")
if [ -z "${LIBTORCH:-}" ]; then
  LIBTORCH=$(python3 -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])' 2>/dev/null) ||
    fail "python3 has no torch, and LIBTORCH is not set; it must name the folder of libtorch $version"
fi
[ -e "$LIBTORCH/lib/libtorch_cpu.so" ] || fail "$LIBTORCH has no lib/libtorch_cpu.so; LIBTORCH must name libtorch $version"
if [ -e "$LIBTORCH/version.py" ]; then
  found=$(sed -nE "s/^__version__ *= *['\"]([0-9]+\.[0-9]+).*/\1/p" "$LIBTORCH/version.py")
  [ "$found" = "$version" ] || fail "$LIBTORCH is libtorch $found; this program needs $version"
fi
path=$LIBTORCH/lib
# Where pip puts CUDA's libraries.
for folder in "$LIBTORCH"/../nvidia/*/lib /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
  [ ! -d "$folder" ] || path=$path:$folder
done
# The machine's own come first where both have one: its drivers may need newer ones.
export LD_LIBRARY_PATH="$path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}:$here/lib"
exec "$here/bin/iic" "$@"
WRAPPER
chmod +x "$work/iic/iic"

say "compressing $(du -sm "$work/iic" | cut -f 1) MB"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" -cf - iic | xz -T0 -6 >"$work/pack"
mv "$work/pack" "$out"
say "$out: $(stat -c %s "$out" | awk '{printf "%.1f", $1 / 1048576}') MiB for libtorch $(cat "$work/iic/libtorch-version")"
