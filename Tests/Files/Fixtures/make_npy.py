"""Arrays as NumPy writes them: features.npy, float32 [3, 4], and labels.npy, int64 [5]."""
import numpy

numpy.save("features.npy", numpy.arange(12, dtype="<f4").reshape(3, 4))
numpy.save("labels.npy", numpy.array([3, 0, -1, 7, 2], dtype="<i8"))
