"""Writes colors.json: colours, and what torchvision's adjust_hue and adjust_saturation make of them.

Run with torch 2.15 and torchvision 0.30 or near them: python make_colors.py
"""
import json
import pathlib

import torch
from torchvision.transforms import functional

# Where a formula with cases may go wrong: no colour at all, and two colours that are equally large or small.
special = [
    (0, 0, 0), (1, 1, 1), (0.5, 0.5, 0.5), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 1, 1), (1, 0, 1),
    (0.7, 0.7, 0.2), (0.2, 0.7, 0.7), (0.7, 0.2, 0.7), (0.9, 0.3, 0.3), (0.3, 0.9, 0.3), (0.3, 0.3, 0.9),
    (0.4, 0.400001, 0.4),
]
turns = [-0.5, -0.31, -0.125, -0.04, 0.0, 0.07, 0.125, 0.26, 0.5]
factors = [0.0, 0.2, 0.6, 0.9, 1.0, 1.1, 1.4, 1.7, 1.9]

torch.manual_seed(0)
images = torch.cat([torch.tensor(special), torch.rand(20, 3)]).T.reshape(3, 6, 6).float()
images = torch.stack([images] * len(turns))
images[1:, :, 3:] = torch.rand(len(turns) - 1, 3, 3, 6)
hue = torch.stack([functional.adjust_hue(image, turn) for image, turn in zip(images, turns)])
saturation = torch.stack([functional.adjust_saturation(image, factor) for image, factor in zip(images, factors)])


def numbers(tensor):
    return [round(value, 6) for value in tensor.flatten().tolist()]


pathlib.Path(__file__).with_name("colors.json").write_text(json.dumps({
    "shape": list(images.shape), "images": numbers(images), "turns": turns, "hue": numbers(hue), "factors": factors,
    "saturation": numbers(saturation),
}, separators=(",", ":")) + "\n")
