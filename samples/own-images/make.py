#!/usr/bin/env python3
"""Draws 1,200 pictures to try the sample with: discs, squares, triangles and crosses of all sizes and colours.

Usage: make.py [FOLDER], pictures beside this script if not given. Needs Python 3 and nothing else. A file's name says
what it shows, so that the clusters can be checked by eye; the program does not look at names.
"""

import random
import struct
import sys
import zlib
from pathlib import Path


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# Whether a point belongs to a shape around (0, 0) that reaches from -1 to 1.
shapes = {
    "cross": lambda x, y: min(abs(x), abs(y)) < 0.3,
    "disc": lambda x, y: x * x + y * y < 1,
    "square": lambda x, y: max(abs(x), abs(y)) < 0.85,
    "triangle": lambda x, y: abs(x) < (y + 1) / 2,
}


def picture(inside, numbers):
    width, height = numbers.randint(56, 100), numbers.randint(56, 100)
    side = min(width, height)
    radius = numbers.uniform(0.25, 0.4) * side
    left = width / 2 + numbers.uniform(-0.1, 0.1) * side
    top = height / 2 + numbers.uniform(-0.1, 0.1) * side
    paper, ink = ([numbers.randint(0, 255) for _ in range(3)] for _ in range(2))
    while sum(abs(a - b) for a, b in zip(paper, ink)) < 200:
        ink = [numbers.randint(0, 255) for _ in range(3)]
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            a, b = (x - left) / radius, (y - top) / radius
            color = ink if max(abs(a), abs(b)) < 1 and inside(a, b) else paper
            row += [min(255, max(0, c + numbers.randint(-12, 12))) for c in color]
        rows.append(row)
    return png(width, height, rows)


folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures"
folder.mkdir(parents=True, exist_ok=True)
numbers = random.Random(0)
for place in range(1200):
    name = list(shapes)[place % len(shapes)]
    (folder / f"{name}-{place:04}.png").write_bytes(picture(shapes[name], numbers))
print(f"{folder}: 1,200 pictures")
