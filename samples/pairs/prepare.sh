#!/usr/bin/env bash
# Writes two tables of couples of the 10,000 bundled images: same.csv, couples of one class, and random.csv, couples of
# any. Each image is the left one of three couples. Only same.csv looks at the labels.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${1:-couples}
mkdir -p "$out"
python3 - "$out" << 'END'
import pathlib, random, sys, tarfile

with tarfile.open("../fashion-mnist/t10k.tar.gz") as archive:
    labels = archive.extractfile("t10k-labels-idx1-ubyte").read()[8:]
everything = range(len(labels))
members = {label: [item for item in everything if labels[item] == label] for label in set(labels)}
generator = random.Random(0)
for name, candidates in {"same.csv": lambda item: members[labels[item]], "random.csv": lambda item: everything}.items():
    with open(pathlib.Path(sys.argv[1], name), "w") as table:
        table.write("left,right\n")
        for left in everything:
            others = set()
            while len(others) < 3:
                others.add(generator.choice(candidates(left)))
                others.discard(left)
            table.writelines(f"{left},{right}\n" for right in sorted(others))
END
echo "$out"
