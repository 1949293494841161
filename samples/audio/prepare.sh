#!/usr/bin/env bash
# Fetches Debian's spoken prompts in three languages and packs them into one archive, a folder per language.
set -euo pipefail
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/iic/samples-data/prompts.tar}
mkdir -p "$(dirname "$out")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for language in en fr es; do
  apt-get download -qq "asterisk-core-sounds-$language-wav" >&2
  dpkg-deb -x asterisk-core-sounds-"$language"-wav_*.deb "$language.package"
  mkdir -p "pack/$language"
  # Pure signals such as beeps and silence are the same in every language.
  find "$language.package" -name '*.wav' -not -path '*/silence/*' -not -name 'beep*' -size +4k | sort | while read -r file; do
    cp "$file" "pack/$language/$(basename "$(dirname "$file")")-$(basename "$file")"
  done
done
tar --sort=name --owner=0 --group=0 --mtime=@0 -C pack -cf "$out.partial" en fr es
mv "$out.partial" "$out"
echo "$out"
