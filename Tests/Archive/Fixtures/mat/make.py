"""MAT files of level 5, by SciPy: python3 make.py, in this folder."""
import numpy as np
from scipy.io import savemat

place = np.arange(4 * 3 * 2)
variables = {
    "other": np.array([[1.5, 2.5]]),
    "img": ((7 * place) % 256).astype(np.uint8).reshape(4, 3, 2),
    "gt": (place[:12] * 1000 - 5000).astype(np.int32).reshape(4, 3),
    "wide": np.array([[0.25, -3.0, 1e10]]),
    "text": "words",
    "complex": np.array([[1 + 2j]]),
}
savemat("plain.mat", variables, do_compression=False)
savemat("packed.mat", variables, do_compression=True)
whole = open("packed.mat", "rb").read()
open("short.mat", "wb").write(whole[:-20])
open("later.mat", "wb").write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM" + b"\x89HDF")
