#!/usr/bin/env bash
# Makes the sounds beside it with FFmpeg's program: a tenth of a second of a tone, in each format that is read.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
tone() { # NAME, ENCODER...
  local name=$1
  shift
  ffmpeg -v error -y -f lavfi -i "sine=frequency=440:sample_rate=8000:duration=0.1" "$@" \
    -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$name"
}
tone tone.wav
tone tone.aiff -c:a pcm_s24be -ac 2
tone tone.flac
tone tone.mp3 -c:a libmp3lame -b:a 32k -id3v2_version 0
tone tone.aac -c:a aac -b:a 32k
tone tone.ogg -c:a libvorbis -ac 2
tone tone.opus -c:a libopus -b:a 16k
tone tone.m4a -c:a alac
tone tone.mka -c:a pcm_f32le
