#!/usr/bin/env bash
# Makes the mosaic: pictures/, 60 grey pictures of 256 x 256 pixels pieced together of photographs of bricks, grass and
# gravel, and masks/, which of the three each pixel is of: 0, 1 or 2. The photographs come from the package scikit-image of
# PyPI (14 MB), at half their size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for tool in python3 pip3; do
  command -v "$tool" >/dev/null || { echo "mosaic: $tool is missing" >&2; exit 1; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 download -q --no-deps --only-binary :all: -d "$folder" scikit-image==0.26.0 >&2
rm -rf mosaic.partial
python3 - "$folder" <<'END'
import glob, os, random, struct, sys, zipfile, zlib

package = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
out, count, side, cells = "mosaic.partial", 60, 256, 6


def grey(data):
    """The rows of a PNG of 8 bits, grey."""
    place, packed = 8, b""
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place:place + 8])
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", data[place + 8:place + 18])
            assert (depth, colours) == (8, 0), (depth, colours)
        if kind == b"IDAT":
            packed += data[place + 8:place + 8 + size]
        place += size + 12
    raw, rows, above = zlib.decompress(packed), [], bytes(width)
    for y in range(height):
        start = y * (width + 1)
        filter, line = raw[start], bytearray(raw[start + 1:start + 1 + width])
        for x in range(width):
            left, up, corner = line[x - 1] if x else 0, above[x], above[x - 1] if x else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[x] = (line[x] + (0, left, up, (left + up) // 2, nearest)[filter]) & 255
        rows.append(bytes(line))
        above = line
    return rows


def halved(rows):
    return [bytes((a[x] + a[x + 1] + b[x] + b[x + 1] + 2) // 4 for x in range(0, len(a), 2))
            for a, b in zip(rows[::2], rows[1::2])]


def mirrored(rows):
    """So that it goes on beyond its edges."""
    wide = [row + row[::-1] for row in rows]
    return wide + wide[::-1]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(name, rows):
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)) + chunk(b"IEND", b""))


textures = [mirrored(halved(grey(package.read(f"skimage/data/{name}.png")))) for name in ("brick", "grass", "gravel")]
for name in ("pictures", "masks"):
    os.makedirs(f"{out}/{name}")
numbers = random.Random(0)
for picture in range(count):
    # Every pixel is of the nearest of six points; two have each texture, each another part of it.
    points = [(numbers.randrange(side), numbers.randrange(side), cell % 3, numbers.randrange(256), numbers.randrange(256))
              for cell in range(cells)]
    rows, mask = [], []
    for y in range(side):
        row, kinds = bytearray(side), bytearray(side)
        for x in range(side):
            _, _, kind, left, top = min(points, key=lambda point: (point[0] - x) ** 2 + (point[1] - y) ** 2)
            row[x], kinds[x] = textures[kind][(top + y) % 512][(left + x) % 512], kind
        rows.append(bytes(row))
        mask.append(bytes(kinds))
    write(f"{out}/pictures/{picture:02}.png", rows)
    write(f"{out}/masks/{picture:02}.png", mask)
END
rm -rf mosaic
mv mosaic.partial mosaic
cat mosaic/pictures/*.png mosaic/masks/*.png | sha256sum
