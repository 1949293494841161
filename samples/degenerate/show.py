#!/usr/bin/env python3
"""Shows how runs use their clusters, epoch by epoch: a table, and with --svg a plot of the largest cluster's share.

show.py RUN [RUN ...] [--svg FILE]     runs trained with evaluation.every: 1
"""
import argparse
import json
import math
import pathlib

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000"]


def epochs(run):
    """Of each epoch the clusters in use, the largest one's share, the entropy of the sizes (1 if all are equal) and NMI."""
    found = []
    for line in (pathlib.Path(run) / "metrics.jsonl").read_text().splitlines():
        evaluation = json.loads(line).get("evaluation")
        if evaluation is None:
            continue
        counts = evaluation["cluster_counts"]
        shares = [count / sum(counts) for count in counts if count]
        # Less than a tenth of an equal share does not count as use.
        used = sum(share >= 0.1 / len(counts) for share in shares)
        entropy = -sum(share * math.log(share) for share in shares) / math.log(len(counts))
        found.append((used, max(shares), entropy, evaluation["by_loss"].get("nmi", math.nan)))
    if not found:
        raise SystemExit(f"{run}: has no figures of epochs; expected a run with evaluation.every: 1")
    return found


def plot(runs, path):
    """The largest cluster's share by epoch, as SVG."""
    width, height, left, bottom = 640, 300, 50, 40
    last = max(len(values) for values in runs.values())

    def place(epoch, share):
        return f"{left + (width - left - 20) * (epoch - 1) / max(1, last - 1):.1f},{(height - bottom) * (1 - share) + 10:.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 10}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height + 10}" fill="white"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        start, end = place(1, share), place(last, share)
        (x, y), (x2, y2) = start.split(","), end.split(",")
        lines.append(f'<line x1="{x}" y1="{y}" x2="{x2}" y2="{y2}" stroke="#ccc"/>')
        lines.append(f'<text x="{left - 6}" y="{float(y) + 4}" text-anchor="end">{round(100 * share)} %</text>')
    lines.append(f'<text x="{left}" y="{height - 10}">epoch 1</text>')
    lines.append(f'<text x="{width - 20}" y="{height - 10}" text-anchor="end">epoch {last}</text>')
    for number, (name, values) in enumerate(runs.items()):
        points = " ".join(place(epoch + 1, value[1]) for epoch, value in enumerate(values))
        colour = COLOURS[number % len(COLOURS)]
        dashes = ["none", "7 3", "2 3", "10 3 2 3"][number % 4]
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes}"/>')
        y = 40 + 18 * number
        lines.append(f'<line x1="{width - 240}" y1="{y - 4}" x2="{width - 205}" y2="{y - 4}" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes}"/>')
        lines.append(f'<text x="{width - 198}" y="{y}">{name}</text>')
    lines.append("</svg>")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("runs", nargs="+")
parser.add_argument("--svg")
options = parser.parse_args()
runs = {pathlib.Path(run).name: epochs(run) for run in options.runs}
for name, values in runs.items():
    print(f"{name}\nepoch  clusters in use  largest  entropy    NMI")
    for epoch, (used, largest, entropy, nmi) in enumerate(values):
        print(f"{epoch + 1:5}  {used:15}  {100 * largest:5.1f} %  {entropy:7.3f}  {nmi:5.3f}")
if options.svg:
    plot(runs, options.svg)
