"""Makes probes.json: what scikit-learn's classifiers say of three overlapping groups of points.

python make_probes.py   (numpy, scikit-learn)

The linear classifier is LogisticRegression with its L2 penalty and to 1e-10; the neighbours are
those by cosine, each of which counts exp(cosine / 0.07); LabelSpreading has the graph of the 20 nearest by cosine, weighed by the
cosine's cube.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.semi_supervised import LabelSpreading

rng = np.random.default_rng(5)
centres = rng.normal(0, 1, (3, 6))


def draw(count):
    classes = rng.integers(0, 3, count)
    points = (centres[classes] + rng.normal(0, 1.1, (count, 6))).astype(np.float32)
    return points, classes


train, train_classes = draw(120)
test, test_classes = draw(200)
linear = []
for c in (0.01, 1.0, 100.0):
    model = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(train, train_classes)
    linear.append({"c": c, "predicted": model.predict(test).tolist(), "accuracy": model.score(test, test_classes)})
neighbours = []
for k in (1, 5, 20, 200):
    model = KNeighborsClassifier(min(k, len(train)), metric="cosine", weights=lambda d: np.exp((1 - d) / 0.07))
    model.fit(train, train_classes)
    neighbours.append({"k": k, "predicted": model.predict(test).tolist(), "accuracy": model.score(test, test_classes)})


def graph(points, others=None):
    order = NearestNeighbors(metric="cosine").fit(points).kneighbors(points, 21)[1]
    unit = points.astype(np.float64) / np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    weights = np.zeros((len(points), len(points)))
    for row, columns in enumerate(order):
        for column in columns:
            if column != row:
                weights[row, column] = weights[column, row] = max(0, unit[row] @ unit[column]) ** 3
    return weights


spreading = []
everything = np.concatenate([train, test])
for count in (3, 12, 120):
    rows = np.arange(count)
    known = np.full(len(everything), -1)
    known[rows] = train_classes[rows]
    model = LabelSpreading(kernel=graph, alpha=0.99, tol=1e-12, max_iter=5000).fit(everything, known)
    spreading.append({"count": count, "predicted": model.transduction_.tolist()})
result = {
    "train": train.tolist(), "trainClasses": train_classes.tolist(), "test": test.tolist(),
    "testClasses": test_classes.tolist(), "linear": linear, "neighbours": neighbours,
    "spreading": spreading,
}
(Path(__file__).parent / "probes.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
