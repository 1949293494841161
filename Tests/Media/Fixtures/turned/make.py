#!/usr/bin/env python3
"""Makes the pictures and films beside it, which say that they are to be turned, and `seen.json`, what is seen of them.

Needs NumPy, Pillow, and FFmpeg's programs, version 5.1. N.jpg, N.png and N.webp have Exif's orientation N; what is seen
of them is Pillow's `ImageOps.exif_transpose`. N.mov has two frames and the display matrix that means the same, written
into its track's header; what is seen of it is the program's first frame. angle.mov was turned by the program's own option.
"""
import io, json, pathlib, struct, subprocess
import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
y, x = np.mgrid[0:4, 0:6]
stored = np.stack([40 * x, 60 * y, 10 * x + 20 * y], -1).astype(np.uint8)
seen = {}


def ffmpeg(*arguments, data=None):
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y"] if data is None else ["ffmpeg", "-v", "error", "-y"]
    return subprocess.run([*command, *arguments], input=data, stdout=subprocess.PIPE, check=True, cwd=here).stdout


for number in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = number
    # JPEG gets a smooth picture, of whole blocks: what is lost is little.
    for kind, picture, options in (("png", stored, {}), ("webp", stored, {"lossless": True}),
                                   ("jpg", np.kron(stored, np.ones((8, 8, 1), np.uint8)),
                                    {"quality": 95, "subsampling": 0})):
        name = f"{number}.{kind}"
        Image.fromarray(picture).save(here / name, exif=exif.tobytes(), **options)
        turned = np.asarray(ImageOps.exif_transpose(Image.open(here / name)).convert("RGB"))
        # Of a JPEG the middle of each block.
        seen[name] = {"width": turned.shape[1], "height": turned.shape[0],
                      "pixels": (turned[4::8, 4::8] if kind == "jpg" else turned).reshape(-1).tolist()}

film = np.stack([stored, 255 - stored]).tobytes()
raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "6x4", "-r", "10", "-i", "-"]
exact = ["-c:v", "png", "-pix_fmt", "rgb24", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
ffmpeg(*raw, *exact, "1.mov", data=film)
whole = (here / "1.mov").read_bytes()
# a, b, c, d of x' = a x + c y, y' = b x + d y, by what they do to a picture.
matrices = {1: (1, 0, 0, 1), 2: (-1, 0, 0, 1), 3: (-1, 0, 0, -1), 4: (1, 0, 0, -1),
            5: (0, 1, 1, 0), 6: (0, 1, -1, 0), 7: (0, -1, -1, 0), 8: (0, -1, 1, 0)}
for number, (a, b, c, d) in matrices.items():
    data = bytearray(whole)
    # The matrix stands behind 40 bytes of the header's body, version 0; the shift brings the picture back to 0.
    place = data.index(b"tkhd") + 4 + 40
    width, height = (6, 4) if b == 0 else (4, 6)
    shift = (width if a + c < 0 else 0, height if b + d < 0 else 0)
    one = 1 << 16
    data[place:place + 36] = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, shift[0] * one, shift[1] * one,
                                         1 << 30)
    (here / f"{number}.mov").write_bytes(data)
ffmpeg("-i", "1.mov", "-c", "copy", "-metadata:s:v:0", "rotate=90", "-fflags", "+bitexact", "angle.mov")
for name in [*(f"{number}.mov" for number in range(1, 9)), "angle.mov"]:
    frame = ffmpeg("-i", name, "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-")
    pixels = np.asarray(Image.open(io.BytesIO(frame)).convert("RGB"))
    seen[name] = {"width": pixels.shape[1], "height": pixels.shape[0], "pixels": pixels.reshape(-1).tolist()}
(here / "seen.json").write_text(json.dumps(seen))
