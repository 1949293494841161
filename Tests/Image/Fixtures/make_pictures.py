"""Writes archives of encoded pictures in the layouts of image folders and of WebDataset, beside this script.

Run with Python 3.9 or later, NumPy and Pillow 11 or later. `pictures.npz` has what Pillow reads back of each picture,
red, green and blue, what is transparent being black; the tests hold this program's reading against it. Resized
pictures are Pillow's `resize` to the size that torchvision's Resize gives, then its CenterCrop.
"""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

here = Path(__file__).parent
expected = {}


def pattern(start, channels=3, side=16):
    y, x, c = np.ogrid[:side, :side, :channels]
    return ((start + 3 * y + 5 * x + 31 * c + y * x * (c + 1)) % 256).astype("u1")


def smooth(height, width, start=20):
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 200 // width + start, y * 180 // height + start, (x + y) * 90 // (width + height) + start],
                    -1).astype("u1")


def encoded(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(pixels, color):
    """A PNG of 16 bits, which Pillow does not write in colour. Each value is a byte's, 257 times as large."""
    height, width = pixels.shape[:2]
    rows = (pixels.astype(">u2") * 257).astype(">u2").reshape(height, -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def reading(data):
    """What Pillow reads, on black."""
    picture = Image.open(io.BytesIO(data))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        picture = Image.composite(rgba.convert("RGB"), Image.new("RGB", rgba.size), rgba.getchannel("A"))
    elif picture.mode.startswith("I"):
        # Pillow clips 16 bits to 8 where it should scale them.
        picture = Image.fromarray((np.asarray(picture).astype("u4") // 257).astype("u1"))
    return np.asarray(picture.convert("RGB"))


def zipped(name, files):
    with zipfile.ZipFile(here / name, "w", zipfile.ZIP_DEFLATED) as out:
        for entry, data in files:
            out.writestr(zipfile.ZipInfo(entry, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def tarred(name, files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for entry, data in files:
            info = tarfile.TarInfo(entry)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    data = out.getvalue()
    (here / name).write_bytes(gzip.compress(data, 9, mtime=0) if name.endswith("gz") else data)


colour = [Image.fromarray(pattern(20 * i)) for i in range(8)]
alpha = np.where(np.add.outer(np.arange(16), np.arange(16)) % 3 == 0, 0, 255).astype("u1")
grey = pattern(80, channels=1)[..., 0]
# 16 x 16 pixels have at most 256 colours, so a palette keeps them all.
palette = np.unique(np.asarray(colour[3]).reshape(-1, 3), axis=0)
places = (np.asarray(colour[3])[:, :, None] == palette).all(-1).argmax(-1).astype("u1")
indexed = Image.fromarray(places)
indexed.putpalette(palette.reshape(-1).tolist())
moving = [Image.fromarray((places + i * 7) % len(palette)) for i in range(3)]
for picture in moving:
    picture.putpalette(palette.reshape(-1).tolist())
jpeg = dict(quality=95, subsampling=0)

pictures = {
    "rose/1.png": encoded(colour[0], "png"),
    "rose/2.webp": encoded(colour[1], "webp", lossless=True),
    "rose/deep/3.bmp": encoded(colour[2], "bmp"),
    "Tulip/first.gif": encoded(moving[0], "gif", save_all=True, append_images=moving[1:], disposal=1, optimize=False),
    "Tulip/grey.PNG": encoded(Image.fromarray(grey), "png"),
    "Tulip/palette.png": encoded(indexed, "png"),
    "Tulip/clear.png": encoded(indexed, "png", transparency=5),
    "lily/alpha.png": encoded(Image.fromarray(np.dstack([np.asarray(colour[4]), alpha])), "png"),
    "lily/alpha.webp": encoded(Image.fromarray(np.dstack([np.asarray(colour[5]), alpha])), "webp", lossless=True),
    "lily/bits.png": encoded(Image.fromarray(grey > 127), "png"),
    "lily/cmyk.jpg": encoded(Image.fromarray(smooth(16, 16)).convert("CMYK"), "jpeg", **jpeg),
    "lily/grey.jpg": encoded(Image.fromarray(smooth(16, 16)).convert("L"), "jpeg", **jpeg),
    "lily/half.png": encoded(Image.fromarray(np.dstack([grey, alpha]), "LA"), "png"),
    "lily/lossy.webp": encoded(Image.fromarray(smooth(16, 16)), "webp", quality=95),
    "lily/smooth.jpeg": encoded(Image.fromarray(smooth(16, 16)), "jpeg", **jpeg),
    "lily/usual.jpg": encoded(Image.fromarray(smooth(16, 16)), "jpeg", quality=90),
    "lily/wide-alpha.png": png16(np.dstack([pattern(120), alpha]), 6),
    "lily/wide-grey.png": png16(grey, 0),
    "lily/wide.png": png16(pattern(120), 2),
}
for entry, data in pictures.items():
    expected[entry.replace("/", ":")] = reading(data)
others = {
    "README.txt": b"flowers",
    "rose/.DS_Store": b"\0",
    "rose/._1.png": b"no picture",
    "labels.csv": b"1.png,rose\n",
}
files = [(f"flowers/{entry}", data) for entry, data in {**others, **pictures}.items()]
zipped("pictures.zip", files + [("__MACOSX/flowers/rose/._1.png", b"no picture")])
tarred("pictures.tar.gz", [(f"./{entry}", data) for entry, data in reversed(files)])

# Parts, told by folders, that are mixed in the archive.
tarred("parts.tar", [
    ("set/val/b/1.png", encoded(colour[0], "png")),
    ("set/train/c/2.png", encoded(colour[1], "png")),
    ("set/val/a/3.png", encoded(colour[2], "png")),
    ("set/train/a/4.png", encoded(colour[3], "png")),
    ("set/more/a/5.png", encoded(colour[4], "png")),
    ("set/train/6.png", encoded(colour[5], "png")),
])

sizes = {"wide.png": (32, 49), "high.png": (48, 33), "same.png": (16, 16), "small.png": (8, 8), "narrow.png": (90, 20)}
shaped = {name: encoded(Image.fromarray(smooth(*size)), "png") for name, size in sizes.items()}
for name, (height, width) in sizes.items():
    shorter, side = min(height, width), 16
    size = (side * width // shorter, side * height // shorter)
    method = Image.Resampling.BOX if shorter > side else Image.Resampling.BILINEAR
    resized = Image.fromarray(smooth(height, width)).resize(size, method)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    expected[f"resized:{name}"] = np.asarray(resized)[top:top + side, left:left + side]
zipped("sizes.zip", shaped.items())

tarred("shard-000000.tar", [
    ("a/0001.png", encoded(colour[0], "png")),
    ("a/0001.cls", b"3"),
    ("a/0001.json", b'{"caption": "x"}'),
    ("a/0002.cls", b"12\n"),
    ("a/0002.txt", b"a caption"),
    ("a/0002.webp", encoded(colour[1], "webp", lossless=True)),
    ("0003.seg.png", encoded(Image.fromarray(grey), "png")),
    ("0003.png", encoded(colour[2], "png")),
    ("__notes__", b"x"),
    ("._0003.png", b"no picture"),
])
tarred("shard-000001.tar", [
    ("0003.txt", b"no picture of this one"),
    ("0001.PNG", encoded(colour[3], "png")),
    ("0001.cls", b"-1"),
])
tarred("shard-000002.tar.gz", [("0001.jpg", pictures["lily/smooth.jpeg"]), ("0001.cls", b"0")])

with zipfile.ZipFile(here / "pictures.npz", "w", zipfile.ZIP_DEFLATED) as out:
    for name, array in sorted(expected.items()):
        data = io.BytesIO()
        np.save(data, array)
        out.writestr(zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED)
