#!/usr/bin/env bash
# Makes manpages.tar.gz (0.4 MB): 2,000 sentences each of the German, Spanish, French, Italian and Polish manual pages,
# from the packages manpages-{de,es,fr,it,pl} of Debian 12 (8 MB).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
languages=(de es fr it pl)
for tool in apt-get dpkg-deb python3; do
  command -v "$tool" >/dev/null || { echo "prepare: $tool is missing; Debian and its relatives have it" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/download" "$folder/sentences"
pages=()
for language in "${languages[@]}"; do
  package=manpages-$language
  echo "prepare: $package" >&2
  (cd "$folder/download" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$package" >&2) || {
    echo "prepare: $package cannot be downloaded; try apt-get update first" >&2
    exit 1
  }
  dpkg-deb -x "$folder/download/${package}"_*.deb "$folder/$language"
  pages+=("$language=$folder/$language/usr/share/man/$language")
done
python3 sentences.py "${pages[@]}" "$folder/sentences"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r --format=ustar \
  -C "$folder/sentences" -cf - "${languages[@]/%/.txt}" | gzip -9n >"$folder/manpages.tar.gz"
mv "$folder/manpages.tar.gz" manpages.tar.gz
sha256sum manpages.tar.gz
