"""Writes arrays in every type, order and version of the NPY format, and what they hold, beside this script.

Run with Python 3.9 or later and NumPy. expected.json has each array's shape and its elements in row-major order.
"""

import io
import json
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

here = Path(__file__).parent / "npy"
here.mkdir(exist_ok=True)
expected = {}


def keep(name, array, version=None):
    out = io.BytesIO()
    npy.write_array(out, array, version=version)
    (here / f"{name}.npy").write_bytes(out.getvalue())
    expected[name] = {"shape": list(array.shape), "values": [float(v) for v in array.flatten(order="C")]}


types = ["|b1", "|i1", "|u1"] + [o + t for o in "<>" for t in ["i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]]
for kind in types:
    dtype = np.dtype(kind)
    values = np.arange(24).reshape(2, 3, 4) * 3
    if dtype.kind == "i":
        values = values - 30
    if dtype.kind == "f":
        values = values / 8 - 3.5
    if dtype.kind == "b":
        values = values % 2
    label = {"<": "little", ">": "big", "|": "byte"}[kind[0]]
    keep(f"{label}-{kind[1:]}", values.astype(dtype))
for kind in ["<f4", ">i2", "|u1", "<f8"]:
    values = np.asfortranarray((np.arange(120) % 100).reshape(2, 3, 4, 5).astype(kind))
    keep(f"fortran-{kind[1:]}-{'big' if kind[0] == '>' else 'little'}", values)
keep("version2", np.arange(6, dtype="<i4").reshape(2, 3), version=(2, 0))
keep("version3", np.arange(6, dtype="<i4").reshape(3, 2), version=(3, 0))
keep("vector", np.arange(5, dtype="<i8"))
keep("scalar", np.array(7, dtype="<f4"))
keep("empty", np.zeros((0, 4), dtype="<f4"))
np.savez(here / "stored.npz", images=np.arange(24, dtype="u1").reshape(2, 3, 4), labels=np.array([3, 1]))
np.savez_compressed(here / "packed.npz", images=np.arange(24, dtype="u1").reshape(2, 3, 4), labels=np.array([3, 1]))
(here / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
