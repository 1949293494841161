"""Runs of the program on data made here, and what they leave."""
import hashlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IIC = os.environ.get("IIC", str(ROOT / ".build/release/iic"))
RESULTS = ["weights.safetensors", "best.safetensors", "metrics.jsonl", "assignments.csv"]
MANIFEST = """
name: faults
modality: vector
data: {source: vectors.npy}
views: {base: {noise: 0.1}, transformed: {noise: 0.3}}
encoder: {name: mlp}
heads: {main: {clusters: 4, subheads: 3}, auxiliary: {clusters: 12, subheads: 3}}
training:
  {epochs: 8, batch: 200, repeats: 2, learningRate: 1e-3, threads: 1, restarts: {count: 2, epochs: 2}}
checkpoint: {steps: 7, keep: 2}
"""


def make_data(folder, items=4000, features=32):
    """Four clouds of points, as an array of NumPy's, and a manifest that clusters them."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(0)
    values = [3 * (row % 4 == column % 4) + rng.random() for row in range(items) for column in range(features)]
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({items}, {features}), }}"
    header = header.ljust(128 - 11) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    (folder / "vectors.npy").write_bytes(data + struct.pack(f"<{len(values)}f", *values))
    (folder / "iic.yaml").write_text(MANIFEST)
    return folder / "iic.yaml"


def start(*arguments, **environment):
    return subprocess.Popen(
        [IIC, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_WAIT_POLICY": "passive", **environment})


def run(*arguments, **environment):
    process = start(*arguments, **environment)
    message = process.communicate()[1]
    return process.returncode, message


def results(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in RESULTS}


def check(holds, message):
    if not holds:
        sys.exit(f"faults: failed: {message}")


def resume(folder, manifest):
    """Starts a run that may or may not have come to its first checkpoint."""
    if list(folder.glob("checkpoints/[0-9]*")):
        return start("train", "--resume", folder)
    shutil.rmtree(folder, ignore_errors=True)
    return start("train", manifest, "--run", folder)
