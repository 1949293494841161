"""Writes networks.json: names, shapes, features and gradients of torchvision's networks, whose weights a formula gives.

Gradients jump where an input of a ReLU is within rounding of 0, on whichever side a processor puts it. The images are the
first for which float32 and float64 agree, and figures are those of float64.

Run with torch 2.15 and torchvision 0.30 or near them: python make_networks.py
"""
import copy
import itertools
import json
import pathlib

import numpy as np
import torch
import torchvision
from torch import nn


def uniform(seed, count):
    """Numbers from -1 to 1: SplitMix64's output function on seed * 2^32 + 0, 1, 2, ..."""
    with np.errstate(over="ignore"):
        x = (np.uint64(seed) << np.uint64(32)) + np.arange(count, dtype=np.uint64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return ((x >> np.uint64(40)).astype(np.float64) / 2**23 - 1).astype(np.float32)


def value(name, shape, place):
    count = int(np.prod(shape))
    drawn = uniform(place + 1, count)
    if len(shape) > 1:
        drawn = drawn * np.float32((6 / (count / shape[0])) ** 0.5)  # Kaiming, uniform
    elif name.endswith("running_var"):
        drawn = 1 + drawn / 2
    elif name.endswith("weight"):
        drawn = 1 + drawn / 4
    else:
        drawn = drawn / 4
    return torch.from_numpy(drawn.reshape(shape))


def cluster_net_5g(channels):
    net = torchvision.models.resnet34()
    net.conv1 = nn.Conv2d(channels, 64, 3, stride=1, padding=1, bias=False)
    net.maxpool = nn.MaxPool2d(2, stride=2, padding=1)
    return net


def sampled(net, images, step):
    """Some of the features, and of the gradients of their mean square."""
    net.eval()
    net.zero_grad()
    images.requires_grad_()
    features = net(images)
    features.square().mean().backward()
    return {
        "features": features.detach()[:, ::step].flatten().numpy(),
        "imageGradient": images.grad[:, 0, ::9, ::9].flatten().numpy(),
        "stemGradient": net.conv1.weight.grad[:, 0, 0, 0].numpy(),
    }


def main():
    made = {
        "ResNet18": (torchvision.models.resnet18(), 3, 64),
        "ResNet34": (torchvision.models.resnet34(), 3, 64),
        "ResNet50": (torchvision.models.resnet50(), 3, 64),
        "ClusterNet5g": (cluster_net_5g(2), 2, 32),
    }
    # The map of features in place of its mean. torchvision dilates bottlenecks only.
    dense = {"dense ResNet50": (torchvision.models.resnet50(replace_stride_with_dilation=[False, True, True]), 3, 64)}
    figures = {}
    for name, (net, channels, size) in (made | dense).items():
        net.fc = nn.Identity()
        if name in dense:
            net.avgpool = nn.Identity()
        state = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
        for place, key in enumerate(sorted(state)):
            state[key].copy_(value(key, tuple(state[key].shape), place))
        for image_seed in itertools.count(1000):
            drawn = uniform(image_seed, 2 * channels * size * size).reshape(2, channels, size, size)
            step = 1009 if name in dense else 17
            exact = sampled(copy.deepcopy(net).double(), torch.from_numpy(drawn).double(), step)
            rounded = sampled(copy.deepcopy(net), torch.from_numpy(drawn), step)
            if all(np.abs(exact[key] - rounded[key]).max() < 1e-5 * np.abs(exact[key]).max() for key in exact):
                break
            print(name, image_seed, "lies on a kink")
        figures[name] = {
            "shapes": {key: list(tensor.shape) for key, tensor in state.items()},
            "channels": channels, "size": size, "imageSeed": image_seed,
        } | {key: values.tolist() for key, values in exact.items()}
        print(name, image_seed)
    pathlib.Path(__file__).with_name("networks.json").write_text(json.dumps(figures, separators=(",", ":")))


if __name__ == "__main__":
    main()
