#!/usr/bin/env python3
"""Makes the sounds beside it, of one to 64 channels, and `means.json`, the means of their channels.

Needs NumPy and FFmpeg's program. Each has 40 samples at 8000 a second. Channel c of n is a sawtooth of its own, so that
no two are alike; the last is near full scale, and of `beyond` all are three times as loud. The mean is that of what is
stored, in double precision. The sounds that are not WAV are made of s16-2.wav and s16-6.wav by FFmpeg, without loss.
"""
import json, pathlib, struct, subprocess
import numpy as np

here = pathlib.Path(__file__).parent
kinds = {  # bits, format's number, how a sample is stored, full scale, middle
    "u8": (8, 1, "u1", 128, 128), "s16": (16, 1, "<i2", 1 << 15, 0), "s24": (24, 1, None, 1 << 23, 0),
    "s32": (32, 1, "<i4", 1 << 31, 0), "f32": (32, 3, "<f4", 1, 0), "f64": (64, 3, "<f8", 1, 0),
    "beyond": (32, 3, "<f4", 1, 0),
}
guid = bytes.fromhex("000000001000800000aa00389b71")
means = {}


def sound(kind, channels, mask=None):
    bits, number, store, scale, middle = kinds[kind]
    t = np.arange(40)[:, None]
    c = np.arange(channels)
    waves = (((t * (c + 2) * 5 + 13 * c) % 101) / 100 * 1.96 - 0.98) * (0.3 + 0.7 * (c + 1) / channels)
    if kind == "beyond":
        waves *= 3
    stored = waves * scale + middle if number == 3 else np.clip(np.round(waves * scale + middle), middle - scale,
                                                                middle + scale - 1)
    if store:
        stored = stored.astype(store)
        data = stored.tobytes()
    else:
        stored = stored.astype("<i4")
        data = stored.tobytes()
        data = b"".join(data[i:i + 3] for i in range(0, len(data), 4))
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", number if mask is None else 0xFFFE, channels, 8000, 8000 * block, block, bits)
    if mask is not None:
        head += struct.pack("<HHIH", 22, bits, mask, number) + guid
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    name = f"{kind}-{channels}.wav"
    (here / name).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    means[name] = ((stored.astype(float) - middle) / scale).mean(-1).tolist()


sound("s16", 1)
sound("s16", 2)
sound("u8", 2)
sound("s24", 2)
sound("s32", 2)
sound("f32", 2)
sound("f64", 3)
sound("beyond", 2)
sound("s16", 4, 0x33)                # two in front, two behind
sound("s24", 6, 0x3F)                # 5.1
sound("s16", 6, 0x3F)
sound("f32", 8, 0x63F)               # 7.1
sound("s16", 5)                      # no word of where they are
sound("s16", 12, 0)                  # said to be nowhere
sound("s16", 64)
exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
for name, source, options in (
        ("flac-2.flac", "s16-2", ["-metadata_header_padding", "0"]),
        ("flac-6.flac", "s16-6", ["-metadata_header_padding", "0"]),
        ("aiff-2.aiff", "s16-2", []), ("w64-6.w64", "s16-6", []), ("alac-2.m4a", "s16-2", ["-c:a", "alac"]),
        ("alac-6.m4a", "s16-6", ["-c:a", "alac"]), ("pcm-6.mka", "s16-6", ["-c:a", "pcm_s16le"])):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", f"{source}.wav", *options, *exact, name], cwd=here,
                   check=True)
    means[name] = means[f"{source}.wav"]
(here / "means.json").write_text(json.dumps(means))
