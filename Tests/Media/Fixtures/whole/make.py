"""TIFFs of many kinds, by tifffile and Pillow, and a PNG and a JPEG: python3 make.py, in this folder."""
import numpy as np
import tifffile
from PIL import Image

rows, columns = np.mgrid[0:37, 0:53]


def plane(channel):
    return ((rows * 5 + columns * 3 + channel * 40) % 256).astype(np.uint8)


four = np.stack([plane(c) for c in range(4)], 2)
three, one = four[..., :3], four[..., 0]
write = tifffile.imwrite
write("four.tif", four, photometric="rgb")
write("apart.tif", np.moveaxis(four, 2, 0), photometric="rgb", planarconfig="separate")
write("tiled.tif", four, photometric="rgb", tile=(16, 32), compression="deflate", predictor=True)
write("tiled-apart.tif", np.moveaxis(four, 2, 0), photometric="rgb", planarconfig="separate", tile=(16, 16))
write("big.tif", three, photometric="rgb", bigtiff=True, byteorder=">", compression="lzw")
write("grey.tif", one, photometric="minisblack", rowsperstrip=5)
write("inverse.tif", 255 - one, photometric="miniswhite")
write("deep.tif", one.astype(np.uint16) * 257, photometric="minisblack")
write("pages.tif", np.stack([one, 255 - one]), photometric="minisblack")
write("turned.tif", three, photometric="rgb", extratags=[(274, 3, 1, 6, True)])
smooth = np.stack([columns * 2, rows * 3, columns + rows], 2).astype(np.uint8)
# What is given is taken for YCbCr.
write("packed.tif", np.array(Image.fromarray(smooth).convert("YCbCr")), photometric="ycbcr", compression="jpeg",
      compressionargs={"level": 95})
Image.fromarray(one > 127).save("bits.tif", compression="group4")
indexed = Image.fromarray((one // 32).astype(np.uint8), "P")
indexed.putpalette([v for i in range(256) for v in (i * 30 % 256, i, 255 - i)])
indexed.save("palette.tif")
Image.fromarray(three).save("smooth.png")
Image.fromarray(np.dstack([three, 255 * (columns < 20).astype(np.uint8)])).save("clear.png")
y, x = np.mgrid[0:64, 0:96]
Image.fromarray(np.stack([x * 2, y * 3, x + y], 2).astype(np.uint8)).save("smooth.jpg", quality=95)
whole = open("tiled.tif", "rb").read()
open("short.tif", "wb").write(whole[: len(whole) // 2])
open("cut.tif", "wb").write(open("four.tif", "rb").read()[:4000])
