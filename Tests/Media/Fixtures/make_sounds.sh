#!/usr/bin/env bash
# Makes the sounds beside it with FFmpeg's program: chirp.wav, 0.3 s at 22050 samples a second that rise from 200 to
# 1400 Hz, and the same in other formats, with little else in the files. joined.mp3 is a stereo and a mono MP3 in a row.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
sound() { # NAME, ENCODER...
  local name=$1
  shift
  ffmpeg -v error -y -i chirp.wav "$@" -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$name"
}
ffmpeg -v error -y -f lavfi -i "aevalsrc='0.5*sin(2*PI*(200*t+2000*t*t))':s=22050:d=0.3" -c:a pcm_s16le \
  -fflags +bitexact -flags:a +bitexact chirp.wav
sound chirp.flac -frame_size 512 -metadata_header_padding 0
sound chirp.aiff
sound chirp.w64
sound chirp.ogg -c:a libvorbis -page_duration 20000
sound chirp.opus -c:a libopus -b:a 64k -page_duration 20000
sound chirp.mp3 -c:a libmp3lame -q:a 2
sound chirp.mka -c:a libopus -b:a 64k
sound chirp.m4a -c:a aac -b:a 96k -movflags +faststart
parts=()
for channels in 2 1; do
  sound "part-$channels.mp3" -c:a libmp3lame -q:a 2 -ac "$channels" -write_xing 0 -id3v2_version 0
  parts+=("part-$channels.mp3")
done
cat "${parts[@]}" >joined.mp3
rm "${parts[@]}"
