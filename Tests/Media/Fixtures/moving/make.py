#!/usr/bin/env python3
"""Makes the pictures beside it, of which there is more in the file than one picture, and `first.json`.

Needs NumPy and Pillow with WebP. `first.json` has the pixels that Pillow reads of each, on black, row by row.
whole.png, whole.webp and whole.gif are animations. In apart.png the picture is not part of the animation. part.webp's
first frame covers only a part of the picture, and is transparent in places; lossy.webp is one with losses and
transparency. twins.jpg holds two pictures (MPO), film.jpg one and a film behind it, as telephones take them,
thumbnail.jpg one more in its Exif block, trailing.jpg 1000 bytes of no meaning. scans.jpg has several scans.
"""
import io, json, pathlib, struct, zlib
import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
y, x = np.mgrid[0:9, 0:13]
one = np.stack([(x * 19) % 256, (y * 28) % 256, (x * 7 + y * 11) % 256], -1).astype(np.uint8)
smooth = np.stack([x * 10 + 40, y * 12 + 60, x * 5 + y * 5 + 50], -1).astype(np.uint8)
first, second = Image.fromarray(one), Image.fromarray(255 - one)
moving = dict(save_all=True, append_images=[second], duration=100, loop=0)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def riff(kind, data):
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def encoded(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


first.save(here / "whole.png", **moving)
first.save(here / "apart.png", default_image=True, **moving)
first.save(here / "whole.webp", lossless=True, **moving)
first.quantize(16).save(here / "whole.gif", save_all=True, append_images=[second.quantize(16)], duration=100, loop=0)


def animation(frames, width, height):
    """A WebP of still ones, each with its place: columns, rows."""
    def three(*values):
        return b"".join(struct.pack("<I", value)[:3] for value in values)
    body = riff(b"VP8X", bytes([0x12, 0, 0, 0]) + three(width - 1, height - 1)) + riff(b"ANIM", bytes(6))
    for still, left, top, size in frames:
        chunks = still[12:]
        if chunks[:4] == b"VP8X":
            chunks = chunks[18:]
        body += riff(b"ANMF", three(left // 2, top // 2, size[0] - 1, size[1] - 1, 100) + b"\0" + chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


alpha = np.where((x + y) % 3 == 0, 0, 255).astype(np.uint8)
holes = Image.fromarray(np.dstack([one, alpha]))
small = encoded(holes.crop((0, 0, 7, 5)), "webp", lossless=True)
(here / "part.webp").write_bytes(animation(
    [(small, 4, 2, (7, 5)), (encoded(second, "webp", lossless=True), 0, 0, (13, 9))], 13, 9))
gentle = Image.fromarray(np.dstack([smooth, np.full_like(alpha, 255)]))
gentle.putpixel((3, 3), (0, 0, 0, 0))
lossy = encoded(gentle, "webp", quality=95, exact=False)
assert b"ALPH" in lossy
(here / "lossy.webp").write_bytes(animation([(lossy, 0, 0, (13, 9)), (lossy, 0, 0, (13, 9))], 13, 9))

options = dict(quality=95, subsampling=0)
picture = Image.fromarray(smooth)
picture.save(here / "twins.jpg", "MPO", save_all=True, append_images=[Image.fromarray(255 - smooth)], **options)
jpeg = encoded(picture, "jpeg", **options)
(here / "film.jpg").write_bytes(jpeg + (here.parent / "film.mp4").read_bytes())
(here / "trailing.jpg").write_bytes(jpeg + b"\xff\xd8\xff\xe1" + bytes(range(256)) * 4)
thumbnail = encoded(Image.fromarray(255 - smooth).resize((6, 4)), "jpeg", quality=80)
# A TIFF of two directories: nothing, then the thumbnail's compression, place and length.
exif = b"II*\0" + struct.pack("<IHI", 8, 0, 14) + struct.pack("<H", 3)
for tag, kind, value in ((0x0103, 3, 6), (0x0201, 4, 14 + 2 + 36 + 4), (0x0202, 4, len(thumbnail))):
    exif += struct.pack("<HHII", tag, kind, 1, value)
exif += bytes(4) + thumbnail
(here / "thumbnail.jpg").write_bytes(encoded(picture, "jpeg", exif=b"Exif\0\0" + exif, **options))
picture.save(here / "scans.jpg", progressive=True, **options)

pixels = {}
for path in sorted(here.glob("*.*")):
    if path.suffix not in (".png", ".webp", ".gif", ".jpg"):
        continue
    read = Image.open(path)
    if read.mode == "RGBA":
        read = Image.composite(read.convert("RGB"), Image.new("RGB", read.size), read.getchannel("A"))
    pixels[path.name] = np.asarray(read.convert("RGB")).reshape(-1).tolist()
(here / "first.json").write_text(json.dumps(pixels))
