"""Makes the fixtures of the media tests.

Needs Pillow and NumPy. Pictures are a fixed 13 x 9 pattern; `pixels.json` has what Pillow reads back, row by row.
`ycck.jpg` holds cyan, magenta and yellow as YCbCr, `unmarked.jpg` is that without Adobe's marker, and in
`unsaid.jpg` the marker does not say what the colours are.
Sounds are a sine of 440 Hz, half a second at 22050 samples a second, amplitude 0.5, left silent in the stereo file.
`slow.flac` and `minute.flac` are one frame of 65,535 like samples, at 1 and at 1000 samples a second.
"""
import io, json, pathlib, wave
import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
y, x = np.mgrid[0:9, 0:13]
rgb = np.stack([(x * 19) % 256, (y * 28) % 256, (x * 7 + y * 11) % 256], -1).astype(np.uint8)
grey = ((x * 19 + y * 5) % 256).astype(np.uint8)
alpha = np.where((x + y) % 3 == 0, 0, 255).astype(np.uint8)
smooth = np.stack([x * 10 + 40, y * 12 + 60, x * 5 + y * 5 + 50], -1).astype(np.uint8)

pictures = {
    "rgb.png": Image.fromarray(rgb),
    "grey.png": Image.fromarray(grey),
    "palette.png": Image.fromarray(rgb).quantize(16),
    "alpha.png": Image.fromarray(np.dstack([rgb, alpha]), "RGBA"),
    "rgb.bmp": Image.fromarray(rgb),
    "lossless.webp": Image.fromarray(rgb),
    "first.gif": Image.fromarray(rgb).quantize(16),
    "smooth.jpg": Image.fromarray(smooth),
    "cmyk.jpg": Image.fromarray(smooth).convert("CMYK"),
}
pixels = {}
for name, picture in pictures.items():
    options = {"lossless": True} if name.endswith("webp") else {"quality": 95, "subsampling": 0} if name.endswith("jpg") else {}
    picture.save(here / name, **options)
    read = Image.open(here / name)
    if read.mode == "RGBA":
        read = Image.composite(read.convert("RGB"), Image.new("RGB", read.size), read.getchannel("A"))
    pixels[name] = np.asarray(read.convert("RGB")).reshape(-1).tolist()


def ycck(picture):
    """A CMYK picture as the bytes of a JPEG whose first three colours are YCbCr."""
    # Pillow writes 255 - value, and the three are those of cyan, magenta and yellow as Pillow has them.
    c, m, y, k = np.moveaxis(np.asarray(picture).astype(float), -1, 0)
    luma = 0.299 * c + 0.587 * m + 0.114 * y
    planes = np.stack([luma, 128 + (y - luma) / 1.772, 128 + (c - luma) / 1.402, 255 - k], -1)
    written = io.BytesIO()
    inverted = 255 - np.clip(np.round(planes), 0, 255).astype(np.uint8)
    Image.fromarray(inverted, "CMYK").save(written, "jpeg", quality=95, subsampling=0)
    data = bytearray(written.getvalue())
    data[data.index(b"Adobe") + 11] = 2
    # The colours are numbered, not called C, M, Y, K: in the frame's header and in the scan's.
    for place, step in ((data.index(b"\xff\xc0") + 10, 3), (data.index(b"\xff\xda") + 5, 2)):
        for number in range(4):
            data[place + step * number] = number + 1
    return bytes(data)


black = np.asarray(Image.fromarray(smooth).convert("CMYK")).copy()
black[..., 3] = x * 4 + 20
marked = ycck(Image.fromarray(black, "CMYK"))
(here / "ycck.jpg").write_bytes(marked)
pixels["ycck.jpg"] = np.asarray(Image.open(here / "ycck.jpg").convert("RGB")).reshape(-1).tolist()
marker = marked.index(b"Adobe") - 4
(here / "unmarked.jpg").write_bytes(marked[:marker] + marked[marker + 16:])
(here / "unsaid.jpg").write_bytes(marked[:marker + 15] + b"\x01" + marked[marker + 16:])

wide = Image.fromarray((grey.astype(np.uint16) * 257))
wide.save(here / "wide.png")
pixels["wide.png"] = np.repeat(grey.reshape(-1), 3).tolist()
(here / "pixels.json").write_text(json.dumps(pixels))

t = np.arange(11025) / 22050
sine = np.round(0.5 * np.sin(2 * np.pi * 440 * t) * 32767).astype("<i2")
for name, channels in (("mono.wav", 1), ("stereo.wav", 2)):
    data = sine if channels == 1 else np.stack([np.zeros_like(sine), sine], -1)
    with wave.open(str(here / name), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(data.tobytes())


def remainder(data, polynomial, bits):
    """The cyclic redundancy check of bytes."""
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) else 0)
            value &= (1 << bits) - 1
    return value.to_bytes(bits // 8, "big")


for name, rate in (("slow.flac", 1), ("minute.flac", 1000)):
    count = 65535
    # Least and largest block, no sizes of frames; rate, one channel, 16 bits, number of samples; no checksum.
    about = count.to_bytes(2, "big") * 2 + bytes(6) + (rate << 44 | 15 << 36 | count).to_bytes(8, "big") + bytes(16)
    # A block whose size stands behind the head, the rate of the stream, one channel, 16 bits, number 0.
    head = b"\xff\xf8\x70\x08\x00" + (count - 1).to_bytes(2, "big")
    head += remainder(head, 0x07, 8)
    frame = head + b"\x00" + (8192).to_bytes(2, "big")  # All samples are a quarter.
    frame += remainder(frame, 0x8005, 16)
    (here / name).write_bytes(b"fLaC\x80" + len(about).to_bytes(3, "big") + about + frame)
