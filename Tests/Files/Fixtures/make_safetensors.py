"""Makes tensors.safetensors with the reference implementation.

python make_safetensors.py   (numpy, torch, safetensors)

The Swift test writes the same content and expects the same bytes.
"""
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

tensors = {
    "weight": (torch.arange(24, dtype=torch.float32) / 8 - 1).reshape(2, 3, 4),
    "bias": torch.tensor([float("inf"), float("-inf"), -0.0, 1e-45, 3.4028234663852886e38]),
    "scalar": torch.tensor(-2.5, dtype=torch.float64),
    "empty": torch.zeros((0, 3), dtype=torch.float32),
    "half": torch.tensor([1.0, -0.333251953125], dtype=torch.float16),
    "brain": torch.tensor([[1.0, -3.140625], [0.0, 65280.0]], dtype=torch.bfloat16),
    "steps": torch.tensor([-(2**63), 2**63 - 1, 0]),
    "unsigned": torch.from_numpy(np.array([2**64 - 1], dtype=np.uint64)),
    "int32": torch.tensor([-(2**31), 7], dtype=torch.int32),
    "int16": torch.tensor([-300], dtype=torch.int16),
    "bytes": torch.tensor([0, 1, 255], dtype=torch.uint8),
    "signed": torch.tensor([-128, 127], dtype=torch.int8),
    "mask": torch.tensor([True, False, True]),
    # Names are ordered by their bytes and written with the escapes of JSON.
    "\u00e9t\u00e9": torch.tensor([1.0]),
    "Z \"quoted\" \\ /\n\t\u0001\u007f": torch.tensor([2.0]),
    "z\U0001f600": torch.tensor([3.0]),
    "z\uffee": torch.tensor([4.0]),
}

# With two or more entries the reference writer's order of metadata changes from run to run.
save_file(tensors, Path(__file__).parent / "tensors.safetensors", metadata={"format \u00fc": "pt \"1\"\r\n"})
