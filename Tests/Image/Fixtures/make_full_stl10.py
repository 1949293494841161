"""Writes an archive of STL10's layout and full size with random pixels: 5,000 train, 8,000 test, 100,000 unlabelled.

Usage: make_full_stl10.py OUTPUT.tar.gz [DIVISOR]. DIVISOR makes every part that much smaller. Needs NumPy and 3.2 GB
of disk. Random bytes do not compress, so reading it measures the longest way: decompression of as much as there is.
"""

import gzip
import io
import sys
import tarfile

import numpy as np

IMAGE = 3 * 96 * 96


class Pixels(io.RawIOBase):
    """Random bytes made as they are read."""

    def __init__(self, size, seed):
        self.left, self.random = size, np.random.default_rng(seed)

    def readable(self):
        return True

    def readinto(self, buffer):
        count = min(len(buffer), self.left)
        buffer[:count] = self.random.bytes(count)
        self.left -= count
        return count


divisor = int(sys.argv[2]) if len(sys.argv) > 2 else 1
with gzip.open(sys.argv[1], "wb", compresslevel=1) as out, tarfile.open(fileobj=out, mode="w|") as tar:
    for seed, (name, count) in enumerate([("test", 8000), ("train", 5000), ("unlabeled", 100000)]):
        count //= divisor
        info = tarfile.TarInfo(f"stl10_binary/{name}_X.bin")
        info.size = count * IMAGE
        tar.addfile(info, io.BufferedReader(Pixels(info.size, seed), 1 << 20))
        if name == "unlabeled":
            continue
        info = tarfile.TarInfo(f"stl10_binary/{name}_y.bin")
        info.size = count
        tar.addfile(info, io.BytesIO(bytes(i % 10 + 1 for i in range(count))))
