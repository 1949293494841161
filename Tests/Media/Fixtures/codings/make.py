#!/usr/bin/env python3
"""Makes the sounds beside it, WAV files that are coded otherwise than as plain numbers, and `samples.json`.

Needs NumPy, FFmpeg's program and SoX with GSM. Each is a tone of 300 to 900 Hz, 1000 samples at 8000 a second.
`samples.json` has what SoX decodes, 16 bits; of G.722 and MP3, which it does not read in WAV, the tone itself.
"""
import json, pathlib, subprocess, wave
import numpy as np

here = pathlib.Path(__file__).parent
t = np.arange(1000) / 8000
tone = np.round(0.5 * np.sin(2 * np.pi * (300 * t + 2400 * t * t)) * 32767).astype("<i2")
source = here / "tone.wav"
with wave.open(str(source), "wb") as file:
    file.setparams((1, 2, 8000, 0, "NONE", ""))
    file.writeframes(tone.tobytes())


def run(*command):
    return subprocess.run(command, cwd=here, check=True, stdout=subprocess.PIPE).stdout


samples = {"tone.wav": tone.tolist()}
for coding in ("a-law", "u-law", "ms-adpcm", "ima-adpcm", "gsm"):
    name = f"{coding}.wav"
    run("sox", "-D", "tone.wav", "-e", "gsm-full-rate" if coding == "gsm" else coding, name)
    decoded = run("sox", "-D", name, "-t", "raw", "-e", "signed", "-b", "16", "-")
    samples[name] = np.frombuffer(decoded, "<i2").tolist()
exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
for name, options in (("g722.wav", ["-c:a", "g722", "-ar", "16000"]), ("mp3.wav", ["-c:a", "libmp3lame", "-b:a", "64k"])):
    run("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", "tone.wav", *options, *exact, name)
(here / "samples.json").write_text(json.dumps(samples))
