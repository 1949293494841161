"""Writes small archives in the layouts of STL10, CIFAR-10 and CIFAR-100, and arrays of NumPy's, beside this script.

Run with Python 3.9 or later and NumPy. The value of image i of a file, row y, column x, channel c is
(start + 17 i + 3 y + 5 x + 31 c + y x (c + 1)) mod 256 with a start for each file, so that tests know every pixel
without reading the files. How the originals are laid out is told on the sites of their authors:
https://cs.stanford.edu/~acoates/stl10/ and https://www.cs.toronto.edu/~kriz/cifar.html
"""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np

here = Path(__file__).parent


def images(count, side, start, channels=3):
    i, y, x, c = np.ogrid[:count, :side, :side, :channels]
    return ((start + 17 * i + 3 * y + 5 * x + 31 * c + y * x * (c + 1)) % 256).astype("u1")


def archive(name, folder, files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(folder)
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
        for entry, data in files:
            info = tarfile.TarInfo(f"{folder}/{entry}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (here / name).write_bytes(gzip.compress(out.getvalue(), 9, mtime=0))


def stl10(pixels):
    """[n, H, W, C] as the files have it: channel after channel, each column after column."""
    return pixels.transpose(0, 3, 2, 1).tobytes()


def cifar(pixels, *labels):
    """A record for each image: its labels, then channel after channel, each row after row."""
    planes = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)
    return np.concatenate([np.array(labels, "u1").T, planes], axis=1).tobytes()


archive("stl10_binary.tar.gz", "stl10_binary", [
    ("test_X.bin", stl10(images(2, 96, 50))),
    ("test_y.bin", bytes([7, 10])),
    ("train_X.bin", stl10(images(3, 96, 0))),
    ("train_y.bin", bytes([1, 10, 4])),
    ("unlabeled_X.bin", stl10(images(4, 96, 100))),
    ("class_names.txt", b"airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n"),
    ("fold_indices.txt", b"0 1 2\n"),
])
archive("cifar-10-binary.tar.gz", "cifar-10-batches-bin", [
    ("data_batch_1.bin", cifar(images(2, 32, 10), [0, 9])),
    ("batches.meta.txt", b"airplane\nautomobile\n"),
    ("data_batch_3.bin", cifar(images(1, 32, 30), [3])),
    ("data_batch_4.bin", cifar(images(2, 32, 40), [4, 5])),
    ("test_batch.bin", cifar(images(3, 32, 60), [6, 7, 8])),
    ("readme.html", b"<html></html>"),
    ("data_batch_5.bin", cifar(images(1, 32, 50), [5])),
    ("data_batch_2.bin", cifar(images(1, 32, 20), [2])),
])
archive("cifar-100-binary.tar.gz", "cifar-100-binary", [
    ("train.bin", cifar(images(3, 32, 10), [0, 19, 7], [99, 0, 42])),
    ("test.bin", cifar(images(2, 32, 20), [1, 2], [50, 51])),
    ("fine_label_names.txt", b"apple\n"),
    ("coarse_label_names.txt", b"aquatic_mammals\n"),
])
colour, grey = images(5, 8, 3), images(6, 8, 9, channels=1)[..., 0]
np.savez_compressed(
    here / "arrays.npz", colour=colour, labels=np.array([4, -1, 0, 1, 2]), grey=grey,
    floats=colour.astype("f4") / 255, doubles=np.asfortranarray(colour.astype(">f8") / 255),
    columns=np.asfortranarray(colour), more=images(2, 8, 77), more_labels=np.array([3, 3], "i2"),
    wide=images(2, 9, 0), integers=colour.astype("i4"), large=colour.astype("f4"), many=np.arange(6),
    negative=np.array([0, 1, -2, 0, 0]), real=np.ones(5))
