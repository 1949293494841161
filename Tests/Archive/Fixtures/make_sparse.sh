#!/usr/bin/env bash
# Writes, beside this script, a file with holes in every way in which GNU tar keeps one, and archives that cannot be read.
# Run on Linux with GNU tar, truncate, zip and 7z (Debian: p7zip-full).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD
cd "$work"
# 300000 bytes: "begin" at 0, "middle" at 100000, zeros to the end.
truncate -s 300000 holes
printf begin | dd of=holes conv=notrunc status=none
printf middle | dd of=holes bs=1 seek=100000 conv=notrunc status=none
truncate -s 100000 nothing
tar=(tar --sparse --owner=0 --group=0 --mtime=@0 --numeric-owner -b 1)
"${tar[@]}" --format=oldgnu -cf "$here/holes-oldgnu.tar" holes nothing
for version in 0.0 0.1 1.0; do
  "${tar[@]}" --format=pax --pax-option=delete=atime,delete=ctime --sparse-version=$version -cf "$here/holes-pax-$version.tar" holes nothing
done

printf secret >a.txt
rm -f "$here"/locked*
zip -q -X -P key "$here/locked.zip" a.txt
7z a -bso0 -tzip -pkey -mem=AES256 "$here/locked-aes.zip" a.txt
7z a -bso0 -pkey "$here/locked.7z" a.txt
7z a -bso0 -pkey -mhe=on "$here/locked-names.7z" a.txt
seq 2000 >numbers.txt
7z a -bso0 -tzip -mm=Deflate64 "$here/deflate64.zip" numbers.txt
