#!/usr/bin/env bash
# Makes the films beside it with FFmpeg's program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
film() { # NAME, SOURCE, ENCODER AND FILTERS...
  local name=$1 source=$2
  shift 2
  ffmpeg -v error -y -f lavfi -i "$source" "$@" -fflags +bitexact -flags:v +bitexact "$name"
}
exact=(-c:v ffv1 -level 3 -pix_fmt bgr0)
# Twenty frames of a tenth of a second: frame n is red 10 n, and at column x, row y green 8 x, blue 10 y.
film ramp.mkv color=black:size=32x24:rate=10:duration=2,format=gbrp,geq=r='10*N':g='8*X':b='10*Y' "${exact[@]}"
# Two shots: ten frames that move on a red ground, then ten on a blue one.
film cut.mkv "color=black:size=24x24:rate=10:duration=2,format=gbrp,geq=r='if(lt(N,10),200+8*X/4,20)':g='mod(X+N,12)*4':b='if(lt(N,10),20,200+8*Y/4)'" "${exact[@]}"
mkdir -p clips
film clips/bars.mp4 smptebars=size=48x32:rate=10:duration=3,rotate='0.1*t':ow=iw:oh=ih -c:v libx264 -pix_fmt yuv420p
film clips/life.gif life=size=48x32:rate=10:mold=10:ratio=0.3:seed=1:death_color=#206020:life_color=#a0f0a0 -frames:v 30
film clips/zoom.webm mandelbrot=size=48x32:rate=10:maxiter=200 -frames:v 30 -c:v libvpx -b:v 200k
# A frame of 6 x 4 pixels that says that it lies on its side.
cp ../../Media/Fixtures/turned/6.png turned.png
# Half a second whose times are rounded: 60 frames a second in milliseconds, 30 in hundredths.
film sixty.mkv color=black:size=16x16:rate=60:duration=0.5,format=gbrp,geq=r='4*N':g=0:b=0 "${exact[@]}"
film thirty.gif color=black:size=16x16:rate=30:duration=0.5,format=gbrp,geq=r='4*N':g=0:b=0
