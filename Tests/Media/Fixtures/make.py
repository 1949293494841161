"""Makes the fixtures of the media tests.

Needs Pillow and NumPy. Pictures are a fixed 13 x 9 pattern; `pixels.json` has what Pillow reads back, row by row.
Sounds are a sine of 440 Hz, half a second at 22050 samples a second, amplitude 0.5, left silent in the stereo file.
"""
import json, pathlib, wave
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
