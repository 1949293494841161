#!/usr/bin/env python3
"""Makes the PNGs of indices beside this script with Pillow: pixel (x, y) is (7 x + 13 y + x y) mod 2^bits, 23 x 17 pixels."""
import pathlib
import numpy
from PIL import Image

here = pathlib.Path(__file__).parent
y, x = numpy.mgrid[0:17, 0:23]
for bits in (1, 2, 4, 8, 16):
    values = (7 * x + 13 * y + x * y) % 2**bits
    if bits == 16:
        image = Image.fromarray(values.astype(numpy.uint16))
    elif bits == 1:
        image = Image.fromarray(values.astype(bool))
    else:
        image = Image.fromarray(values.astype(numpy.uint8), mode="P")
        image.putpalette([level for index in range(2**bits) for level in (index % 256, 5, 250 - index % 250)])
    image.save(here / f"{bits}.png", bits=bits if bits in (2, 4) else 8)
Image.fromarray(((7 * x + 13 * y) % 256).astype(numpy.uint8)).save(here / "grey.png")
Image.fromarray(numpy.zeros((4, 4, 3), numpy.uint8)).save(here / "colours.png")
