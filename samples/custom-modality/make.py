#!/usr/bin/env python3
"""Writes recordings.tar.gz: made-up recordings of a wrist's acceleration in three activities, 25 readings a second; and
moments.tar.gz: longer ones, in which the activities follow one another.

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
MIXTURES, MOMENTS = 12, 1600


def rows(rng, rhythm, axes, overtone, readings):
    tempo = rhythm * rng.uniform(0.85, 1.15)
    level = rng.uniform(0.8, 1.2)
    begin = rng.uniform(0, 2 * math.pi)
    phases = [phase + rng.uniform(-0.3, 0.3) for _, phase in axes]
    lines = []
    for reading in range(readings):
        angle = begin + 2 * math.pi * tempo * reading / RATE
        row = []
        for (strength, _), phase in zip(axes, phases):
            wave = math.sin(angle + phase) + overtone * math.sin(2 * angle + phase)
            row.append(f"{level * strength * wave + rng.gauss(0, 0.15):.2f}")
        lines.append(",".join(row))
    return lines


def recording(rng, properties):
    return "\n".join(["x,y,z"] + rows(rng, *properties, READINGS)) + "\n"


def mixture(rng):
    """A recording of several activities of 3 to 9 seconds; the last column is the activity's number."""
    lines, kind = [], rng.randrange(len(ACTIVITIES))
    while len(lines) < MOMENTS:
        kind = (kind + rng.randrange(1, len(ACTIVITIES))) % len(ACTIVITIES)
        stretch = rows(rng, *list(ACTIVITIES.values())[kind], rng.randrange(3 * RATE, 9 * RATE))
        lines += [f"{line},{kind}" for line in stretch]
    return "\n".join(["x,y,z,activity"] + lines[:MOMENTS]) + "\n"


def write(name, contents):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry_name, text in contents:
            content = text.encode()
            entry = tarfile.TarInfo(entry_name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = pathlib.Path(__file__).parent / name
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
        compressed.write(packed.getvalue())
    print(path, path.stat().st_size, "bytes")


def main():
    rng = random.Random(1)
    write("recordings.tar.gz", [
        (f"{activity}/{number + 1:02}.csv", recording(rng, properties))
        for activity, properties in ACTIVITIES.items() for number in range(RECORDINGS)])
    rng = random.Random(2)
    write("moments.tar.gz", [(f"{number + 1:02}.csv", mixture(rng)) for number in range(MIXTURES)])


main()
