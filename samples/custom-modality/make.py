#!/usr/bin/env python3
"""Writes recordings.tar.gz: made-up recordings of a wrist's acceleration in three activities, 25 readings a second.

Each activity has a rhythm, strengths and phases along three axes and overtones of its own; each recording differs in
tempo, strength, phases and noise. Only the standard library is used, and the same bytes come out every time.
"""
import gzip
import io
import math
import pathlib
import random
import tarfile

ACTIVITIES = {  # steps a second; strength and phase along x, y, z; share of the overtone
    "walking": (1.8, ((0.3, 0.0), (0.2, 1.6), (1.1, 2.2)), 0.3),
    "waving": (1.2, ((1.2, 0.0), (0.3, 1.5), (0.2, 0.5)), 0.1),
    "shaking": (4.5, ((0.7, 0.0), (0.7, 0.9), (0.7, 3.0)), 0.2),
}
RECORDINGS, READINGS, RATE = 6, 960, 25


def recording(rng, rhythm, axes, overtone):
    tempo = rhythm * rng.uniform(0.85, 1.15)
    level = rng.uniform(0.8, 1.2)
    begin = rng.uniform(0, 2 * math.pi)
    phases = [phase + rng.uniform(-0.3, 0.3) for _, phase in axes]
    lines = ["x,y,z"]
    for reading in range(READINGS):
        angle = begin + 2 * math.pi * tempo * reading / RATE
        row = []
        for (strength, _), phase in zip(axes, phases):
            wave = math.sin(angle + phase) + overtone * math.sin(2 * angle + phase)
            row.append(f"{level * strength * wave + rng.gauss(0, 0.15):.2f}")
        lines.append(",".join(row))
    return "\n".join(lines) + "\n"


def main():
    rng = random.Random(1)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for activity, properties in ACTIVITIES.items():
            for number in range(RECORDINGS):
                content = recording(rng, *properties).encode()
                entry = tarfile.TarInfo(f"{activity}/{number + 1:02}.csv")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    path = pathlib.Path(__file__).parent / "recordings.tar.gz"
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
        compressed.write(packed.getvalue())
    print(path, path.stat().st_size, "bytes")


main()
