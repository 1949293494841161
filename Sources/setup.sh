#!/usr/bin/env bash
# Installs what the build needs on Debian: packages by apt, and libtorch from its wheel. Safe to run again.
set -euo pipefail

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

version=2.15.0
# Another that the sources are compiled and tried with.
older=2.11
cuda=13.2.86
# As in Package.swift: an empty variable counts as unset.
[ -n "${XDG_CACHE_HOME:-}" ] || [ -n "${HOME:-}" ] || fail "neither XDG_CACHE_HOME nor HOME is set; set one of them"
cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/iic
target=$cache/libtorch-$version
packages=(libarchive-dev libssl-dev zlib1g-dev pkg-config g++ ca-certificates
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev
  libpng-dev libturbojpeg0-dev libtiff-dev)
needed_megabytes=1400

# Wheels by architecture: name on the package index, version, SHA-256.
case $(uname -m) in
  x86_64)
    platforms=(manylinux_2_28_x86_64 manylinux_2_25_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64)
    extra_libraries=''
    wheels="torch $version 48c2d861134c0b5697c7602cb5ffa68f62a2989fdcd1717e593356f67996ca1e
nvidia-cuda-runtime $cuda 3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0
nvidia-cuda-cupti $cuda 8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586" ;;
  aarch64)
    platforms=(manylinux_2_28_aarch64 manylinux_2_25_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64)
    extra_libraries='|libarm_compute[^/]*|libnvpl[^/]*'
    wheels="torch $version 58ce2ebfb3430941353109a85be63ee8e941da22f13daa2c43344eeb51c81e06
nvidia-cuda-runtime $cuda 37844957894bfdecf90243568d21a2cb251b66106915b71459a23c8e6ef2da69
nvidia-cuda-cupti $cuda d9a5c133f73fcb9013f3ada0da6fb54d4117618d81f3f5a0419417ea6ee829d4" ;;
  *) fail "no libtorch is known for $(uname -m); x86_64 and aarch64 are supported" ;;
esac

# Where libtorch lies is written into the program, which runs in any folder.
check_paths() {
  local name
  for name in LIBTORCH XDG_CACHE_HOME; do
    [[ -z "${!name:-}" || "${!name}" = /* ]] || fail "$name=${!name} is a relative path; expected an absolute one"
  done
}

check_swift() {
  command -v swift >/dev/null || fail "swift is not on PATH; install Swift 6.2 or newer from swift.org"
  local found
  found=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9.]+$') || found=0.0
  [ "$(printf '%s\n6.2\n' "$found" | sort -V | head -n 1)" = 6.2 ] ||
    fail "found Swift $found; version 6.2 or newer is needed, see swift.org"
}

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  # The package manager clones with it, wherever it comes from.
  command -v git >/dev/null || missing+=(git)
  if [ ! -f "$target/complete" ] && [ -z "${LIBTORCH:-}" ]; then
    command -v python3 >/dev/null || missing+=(python3)
    python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "missing: ${missing[*]}; apt-get is not here, install them by other means"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing: ${missing[*]}; run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  { "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >&2 || fail "apt could not install ${missing[*]}; check the network and the package sources"
}

# The version that a tree of libtorch says it is, as its headers, its archive or its wheel have it; nothing if none does.
libtorch_version() {
  local header
  {
    for header in torch/headeronly/version.h torch/csrc/api/include/torch/version.h; do
      sed -nE 's/^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) +([0-9]+).*/\2/p' "$1/include/$header" | paste -sd .
    done
    cat "$1/build-version"
    sed -nE "s/^__version__ *= *['\"]([^'\"]+).*/\1/p" "$1/version.py"
  } 2>/dev/null | grep -oE '^[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1 || true
}

check_libtorch() {
  [ -e "$1/lib/libtorch_cpu.so" ] && [ -e "$1/include/ATen/ATen.h" ] ||
    fail "LIBTORCH=$1 has no lib/libtorch_cpu.so or no include/ATen/ATen.h; unset it or point it at libtorch $version"
  local found
  found=$(libtorch_version "$1")
  # A patch keeps the interface that is compiled against.
  case ${found:-unknown} in
    unknown | "${version%.*}" | "${version%.*}".* | "$older" | "$older".*) say "using libtorch in $1 (LIBTORCH), version ${found:-not given}" ;;
    *) fail "LIBTORCH=$1 is libtorch $found; ${version%.*} or $older is needed; unset it or point it at libtorch $version" ;;
  esac
}

download() {
  local folder=$1 name number sum file arguments=() platform
  for platform in "${platforms[@]}"; do arguments+=(--platform "$platform"); done
  while read -r name number sum; do
    say "downloading $name $number"
    # One wheel whatever the local Python is, so that the checksum holds; nothing of it outside the folder.
    TMPDIR=$building/pip python3 -m pip download --quiet --no-cache-dir --no-deps --only-binary=:all: \
      --python-version 311 --implementation cp --abi cp311 --abi abi3 --abi none "${arguments[@]}" --dest "$folder" "$name==$number" >&2 ||
      fail "$name $number could not be downloaded; check the network and the disk, then run this again"
    file=$(find "$folder" -name "${name//-/_}-*.whl")
    echo "$sum  $file" | sha256sum --check --quiet >/dev/null 2>&1 ||
      fail "the checksum of $(basename "$file") is not the expected $sum; run this again, and distrust the index if it stays"
  done <<<"$wheels"
}

unpack() {
  python3 - "$1" "$2" "$extra_libraries" <<'PYTHON' || fail "the wheels could not be unpacked into $cache; check the disk"
import pathlib, re, shutil, sys, zipfile
wheels, out, extra = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
header = re.compile(r"torch/(include/[\w./+-]+)")
library = re.compile(r"torch/(lib/(?:libtorch_cpu\.so|libc10\.so|libgomp[^/]*|libgfortran[^/]*%s))" % extra)
cuda = re.compile(r"nvidia/(?:[\w-]+/)*(lib/lib(?:cudart|cupti)\.so\.13)")
try:
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                match = next(filter(None, (p.fullmatch(entry.filename) for p in (header, library, cuda))), None)
                if not match or ".." in match[1].split("/") or entry.is_dir():
                    continue
                place = out / match[1]
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, open(place, "wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
except (OSError, zipfile.BadZipFile) as error:
    sys.exit(f"setup: {error}")
PYTHON
}

install_libtorch() {
  [ -f "$target/complete" ] && return 0
  mkdir -p "$cache" || fail "$cache cannot be made; set XDG_CACHE_HOME to a folder you can write to"
  # One set-up at a time: a second one waits, then finds the work done.
  exec 9>"$cache/setup.lock"
  flock --nonblock 9 || { say "waiting for another set-up to end"; flock 9; }
  # Left by one that was killed. What it started, and would still write there, holds the lock too.
  find "$cache" -maxdepth 1 -name 'libtorch-*.building-*' -exec rm -rf {} +
  [ -f "$target/complete" ] && return 0
  local free
  free=$(df --output=avail -BM "$cache" | tail -n 1 | tr -dc 0-9)
  [ "$free" -ge $needed_megabytes ] ||
    fail "$cache has $free MB free; $needed_megabytes MB are needed; free some or set XDG_CACHE_HOME"
  building=$(mktemp -d "$cache/libtorch-$version.building-XXXXXX")
  trap 'rm -rf "$building"' EXIT
  mkdir "$building/wheels" "$building/libtorch" "$building/pip"
  download "$building/wheels"
  say "unpacking libtorch into $target"
  unpack "$building/wheels" "$building/libtorch"
  [ -e "$building/libtorch/lib/libtorch_cpu.so" ] && [ -e "$building/libtorch/include/ATen/ATen.h" ] ||
    fail "the wheel of torch $version does not hold what was expected"
  echo "$wheels" >"$building/libtorch/complete"
  rm -rf "$target"
  mv "$building/libtorch" "$target"
}

check_paths
check_swift
install_packages
if [ -n "${LIBTORCH:-}" ]; then check_libtorch "$LIBTORCH"; else install_libtorch; fi
