"""Makes kmeans.json: what scikit-learn's k-means says of points far from 0, and of groups far from each other.

python make_kmeans.py   (numpy, scikit-learn)

Points are float32 numbers; scikit-learn clusters them as float64, moved to mean 0. Of 200 starts the best is kept.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

rng = np.random.default_rng(11)


def case(name, points, clusters):
    points = np.asarray(points, np.float32)
    exact = points.astype(np.float64)
    found = KMeans(clusters, n_init=200, tol=0, random_state=0, algorithm="lloyd").fit(exact - exact.mean(0))
    return {
        "name": name,
        "clusters": clusters,
        "points": points.tolist(),
        "labels": found.labels_.tolist(),
        "inertia": float(found.inertia_),
    }


def blobs(counts, centres, deviation):
    return np.concatenate([rng.normal(c, deviation, (n, len(c))) for n, c in zip(counts, centres)])


near = blobs([20, 25, 15], [[-1, -1, 0], [1, 0, 1], [0, 1, -1]], 0.3)
pairs = blobs([12, 14, 10, 16], [[-9999, 0], [-10001, 0], [10001, 1], [9999, -1]], 0.2)
cases = [
    case("around 0", near, 3),
    case("around 10000", near + 10_000, 3),
    case("around a million, each dimension elsewhere", near + [1e6, -3e5, 0], 3),
    case("two far groups of two clusters", pairs, 4),
    case("overlapping, around 10000", rng.normal(10_000, 1, (40, 2)), 4),
]
path = Path(__file__).parent / "kmeans.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
