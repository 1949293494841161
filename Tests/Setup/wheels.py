#!/usr/bin/env python3
"""Stands in for `pip download`: writes a wheel that has the names, but not the content, of the real one.

    wheels.py ... --dest FOLDER NAME==VERSION
"""
import pathlib
import sys
import zipfile

NAMES = {
    "torch": [
        "torch/include/ATen/ATen.h", "torch/include/../outside.h", "torch/lib/libtorch_cpu.so", "torch/lib/libc10.so",
        "torch/lib/libtorch_cuda.so", "torch/lib/libgomp.so.1", "torch/lib/libgfortran.so.5",
        "torch/lib/libarm_compute.so", "torch/lib/libnvpl_blas.so", "torch/version.py"],
    "nvidia-cuda-runtime": ["nvidia/cu13/lib/libcudart.so.13"],
    "nvidia-cuda-cupti": ["nvidia/cu13/lib/libcupti.so.13", "nvidia/cu13/lib/libother.so"],
}


def main():
    folder = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1])
    name, version = sys.argv[-1].split("==")
    wheel = folder / f"{name.replace('-', '_')}-{version}-cp311-cp311-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in NAMES[name]:
            # A mebibyte of zeros: the wheel is small, what is unpacked is not.
            archive.writestr(entry, bytes(1 << 20))


main()
