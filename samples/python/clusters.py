"""Clusters images in PyTorch by the weights of a run of iic: clusters.py RUN SAMPLES.npy [SUBHEAD]

RUN is a run folder whose network is `compact`, such as that of the clothes; SAMPLES what `iic export RUN --to samples`
writes, uint8 [n, H, W, C]. Prints each image's cluster, and writes the probabilities beside SAMPLES as .probabilities.npy.
"""
import json, pathlib, re, sys
import numpy, torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


def network(weights, epsilon=1e-5):
    """The layers of encoder.0, encoder.1, ...: convolutions, batch normalisation, and pools and ReLU between them."""
    numbers = sorted({int(name.split(".")[1]) for name in weights if name.startswith("encoder.")})
    layers = []
    for number in range(numbers[-1] + 1):
        weight = weights.get(f"encoder.{number}.weight")
        if weight is None:
            continue
        if weight.dim() == 4:
            layers.append(nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=weight.shape[2] // 2, bias=False))
        else:
            layers.append(nn.BatchNorm2d(len(weight), eps=epsilon))
        layers[-1].load_state_dict(
            {name.rsplit(".", 1)[1]: value for name, value in weights.items() if name.startswith(f"encoder.{number}.")},
            strict=False)
        if weight.dim() == 1:
            # All maps but the last are halved.
            layers += ([nn.MaxPool2d(2)] if number < numbers[-1] else []) + [nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten()).eval()


def views(samples, size, scale):
    """The middle of each image, `scale` of its side, as size x size pixels from 0 to 1."""
    images = torch.from_numpy(samples).permute(0, 3, 1, 2).float() / 255
    theta = torch.tensor([[scale, 0, 0], [0, scale, 0]], dtype=torch.float32).repeat(len(images), 1, 1)
    grid = functional.affine_grid(theta, [len(images), 1, size, size], align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def main():
    run, path = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    weights = load_file(run / "weights.safetensors")
    manifest = (run / "manifest.yaml").read_text()
    size = int(re.search(r"^views:.*?^  size: (\d+)", manifest, re.S | re.M).group(1))
    scale = float(re.search(r"^views:.*?^  evaluationScale: ([\d.]+)", manifest, re.S | re.M).group(1))
    evaluation = json.load(open(run / "evaluation.json"))["last"]
    subhead = int(sys.argv[3]) if len(sys.argv) > 3 else evaluation["by_loss"]["subhead"]
    encoder, samples = network(weights), numpy.load(path)
    head = {name: weights[f"heads.main.{name}"] for name in ("weight", "bias")}
    clusters = evaluation["clusters"]
    parts = []
    with torch.no_grad():
        for start in range(0, len(samples), 500):
            features = encoder(views(samples[start:start + 500], size, scale))
            if "normalisation.running_mean" in weights:
                mean, variance = weights["normalisation.running_mean"], weights["normalisation.running_var"]
                features = (features - mean) / (variance + 1e-5).sqrt()
            logits = functional.linear(features, head["weight"], head["bias"])
            parts.append(logits.unflatten(1, (-1, clusters))[:, subhead].softmax(1))
    probabilities = torch.cat(parts).numpy()
    numpy.save(path.with_suffix(".probabilities.npy"), probabilities)
    for cluster in probabilities.argmax(1):
        print(cluster)


main()
