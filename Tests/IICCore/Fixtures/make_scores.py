"""Makes scores.json and assignment.json: what scikit-learn and SciPy say of given labels and matrices.

python make_scores.py   (numpy, scipy, scikit-learn)
"""
import json
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, jaccard_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

folder = Path(__file__).parent
rng = np.random.default_rng(5)


def case(name, clusters, classes):
    """One case; the items are stored as [cluster, class, count], since their order does not matter."""
    clusters, classes = np.asarray(clusters), np.asarray(classes)
    table = contingency_matrix(clusters, classes)  # [K, C]
    row, column = linear_sum_assignment(table, maximize=True)
    majority = np.unique(classes)[table.argmax(axis=1)][np.unique(clusters, return_inverse=True)[1]]
    runs, counts = np.unique(np.stack([clusters, classes], 1), axis=0, return_counts=True)
    return {
        "name": name,
        "runs": [[int(a), int(b), int(n)] for (a, b), n in zip(runs, counts)],
        "acc": float(table[row, column].sum() / len(classes)),
        "acc_many_to_one": float(table.max(axis=1).sum() / len(classes)),
        "iou_many_to_one": jaccard_score(classes, majority, labels=np.unique(classes), average=None).tolist(),
        "nmi": float(normalized_mutual_info_score(classes, clusters)),
        "ari": float(adjusted_rand_score(classes, clusters)),
        "cluster_counts": [int(n) for n in table.sum(axis=1)],
    }


def noisy(n, k, wrong):
    """Classes, and clusters that are a permutation of them but for a share of random ones."""
    classes = rng.integers(0, k, n)
    clusters = rng.permutation(k)[classes]
    mistaken = rng.random(n) < wrong
    clusters[mistaken] = rng.integers(0, k, mistaken.sum())
    return clusters, classes


labels = rng.integers(0, 10, 300)
skewed = rng.choice(6, 400, p=[0.7, 0.2, 0.05, 0.03, 0.01, 0.01])
scores = [
    case("random", rng.integers(0, 10, 500), rng.integers(0, 10, 500)),
    case("random, few items", rng.integers(0, 3, 12), rng.integers(0, 3, 12)),
    case("perfect", labels, labels),
    case("permuted", rng.permutation(10)[labels], labels),
    case("a tenth wrong", *noisy(1000, 10, 0.1)),
    case("two thirds wrong", *noisy(1000, 10, 0.67)),
    case("two clusters", *noisy(80, 2, 0.4)),
    case("constant clusters", np.zeros(300, int), labels),
    case("constant classes", labels, np.zeros(300, int)),
    case("both constant", np.full(30, 4), np.full(30, 7)),
    case("every item its own cluster", np.arange(40), np.arange(40) % 4),
    case("every item its own cluster and class", np.arange(25), np.arange(25)[::-1]),
    case("independent by design", np.repeat([0, 1], 50), np.tile([0, 1], 50)),
    case("worse than chance", [0, 0, 1, 1], [0, 1, 0, 1]),
    case("more clusters than classes", rng.integers(0, 70, 900), rng.integers(0, 10, 900)),
    case("split classes", labels * 7 + rng.integers(0, 7, 300), labels),
    case("more classes than clusters", rng.integers(0, 4, 300), labels),
    case("merged classes", labels // 3, labels),
    case("imbalanced", np.where(rng.random(400) < 0.2, rng.integers(0, 6, 400), skewed), skewed),
    case("negative and distant labels", labels * 1000003 - 5, 7 - labels // 2),
    case("one item", [3], [9]),
    case("two items apart", [0, 1], [0, 0]),
    case("greedy matching fails", [0] * 10 + [0] * 9 + [1] * 9, [0] * 10 + [1] * 9 + [0] * 9),
    case("large", *noisy(1_000_000, 20, 0.5)),
    case("large and random", rng.integers(0, 10, 1_000_000), rng.integers(0, 10, 1_000_000)),
    case("large and constant clusters", np.zeros(1_000_000, int), rng.integers(0, 10, 1_000_000)),
]


def assignment(values):
    """One matrix with its cheapest assignment and its dearest; the column of each row, -1 for none."""
    result = {"rows": values.shape[0], "columns": values.shape[1], "values": values.ravel().tolist()}
    for name, maximize in (("minimum", False), ("maximum", True)):
        row, column = linear_sum_assignment(values, maximize=maximize)
        columns = np.full(values.shape[0], -1)
        columns[row] = column
        result[name] = {"total": float(values[row, column].sum()), "columns": columns.tolist()}
    return result


# Continuous values have one best assignment; small whole numbers have many, of which only the total is compared.
shapes = [(1, 1), (1, 6), (6, 1), (2, 2), (3, 3), (4, 7), (7, 4), (10, 10), (12, 30), (30, 12), (25, 25)]
assignments = {
    "unique": [assignment(np.round(rng.normal(size=s), 6)) for s in shapes for _ in range(2)],
    "tied": [assignment(rng.integers(-2, 3, s)) for s in shapes for _ in range(2)]
    + [assignment(np.zeros((5, 8), int)), assignment(np.full((6, 6), -3))],
}


def lines(rows):
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


(folder / "scores.json").write_text(lines(scores) + "\n")
(folder / "assignment.json").write_text(
    "{\n" + ",\n".join(f'"{name}": {lines(rows)}' for name, rows in assignments.items()) + "\n}\n"
)
