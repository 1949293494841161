#!/usr/bin/env bash
# Makes the films beside it with FFmpeg's program: fifteen frames, 32 x 24, a tenth of a second each. Frame n of
# film.mkv is red 10 n, and at column x, row y green 8 x, blue 10 y.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
film() { # NAME, ENCODER...
  local name=$1
  shift
  ffmpeg -v error -y -f lavfi \
    -i "color=black:size=32x24:rate=10:duration=1.5,format=gbrp,geq=r='10*N':g='8*X':b='10*Y'" \
    "$@" -fflags +bitexact -flags:v +bitexact "$name"
}
film film.mkv -c:v ffv1 -level 3 -pix_fmt bgr0
film film.mp4 -c:v libx264 -pix_fmt yuv420p -g 5 -movflags +faststart
film film.webm -c:v libvpx -g 5
film film.avi -c:v mjpeg -pix_fmt yuvj420p
film film.ogv -c:v libtheora -g 5
film film.flv -c:v flv -g 5
film film.gif
# A film of 25 s with silence, which goes into chunks of a packet or two between its 200 frames.
ffmpeg -v error -y -f lavfi -i color=black:size=32x24:rate=8:duration=25 -f lavfi -i anullsrc=r=8000:cl=mono:d=25 \
  -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart -fflags +bitexact -flags:v +bitexact \
  -flags:a +bitexact silent.mp4
# Times that are rounded: 60 frames a second in milliseconds, 30 in hundredths; and times that begin at 1.4 s, not at 0.
quick() { # NAME, RATE, ENCODER...
  local name=$1 rate=$2
  shift 2
  ffmpeg -v error -y -f lavfi -i "color=black:size=16x16:rate=$rate:duration=0.5,format=gbrp,geq=r='4*N':g=0:b=0" \
    "$@" -fflags +bitexact -flags:v +bitexact "$name"
}
quick sixty.mkv 60 -c:v ffv1 -level 3 -pix_fmt bgr0
quick thirty.gif 30
quick late.ts 30 -c:v mpeg2video -g 5 -f mpegts
