#!/usr/bin/env bash
# Makes prompts.tar (78 MB): the spoken prompts of Asterisk, a telephone exchange, in English, French and Spanish, a
# folder per language. They come from the packages asterisk-core-sounds-{en,fr,es}-wav of Debian 12 (60 MB).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
languages=(en es fr)
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "prepare: $tool is missing; Debian and its relatives have it" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/download"
for language in "${languages[@]}"; do
  package=asterisk-core-sounds-$language-wav
  echo "prepare: $package" >&2
  (cd "$folder/download" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$package" >&2) || {
    echo "prepare: $package cannot be downloaded; try apt-get update first" >&2
    exit 1
  }
  dpkg-deb -x "$folder/download/${package}"_*.deb "$folder/$language"
  mkdir -p "$folder/prompts/$language"
  # Beeps and silence are the same in every language.
  find "$folder/$language" -name '*.wav' -not -path '*/silence/*' -not -name 'beep*' -size +4k | sort |
    while read -r file; do
      cp "$file" "$folder/prompts/$language/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
done
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r --format=ustar \
  -C "$folder/prompts" -cf "$folder/prompts.tar" "${languages[@]}"
mv "$folder/prompts.tar" prompts.tar
sha256sum prompts.tar
