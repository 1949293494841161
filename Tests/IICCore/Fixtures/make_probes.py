"""Makes probes.json: what scikit-learn's classifiers say of three overlapping groups of points.

python make_probes.py   (numpy, scikit-learn)

The linear classifier is LogisticRegression with its L2 penalty and the solver newton-cholesky, to 1e-10; the neighbours are
those by cosine, each of which counts exp(cosine / 0.07).
"""
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

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
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-10, max_iter=1000).fit(train, train_classes)
    linear.append({"c": c, "predicted": model.predict(test).tolist(), "accuracy": model.score(test, test_classes)})
neighbours = []
for k in (1, 5, 20, 200):
    model = KNeighborsClassifier(min(k, len(train)), metric="cosine", weights=lambda d: np.exp((1 - d) / 0.07))
    model.fit(train, train_classes)
    neighbours.append({"k": k, "predicted": model.predict(test).tolist(), "accuracy": model.score(test, test_classes)})
result = {
    "train": train.tolist(), "trainClasses": train_classes.tolist(), "test": test.tolist(),
    "testClasses": test_classes.tolist(), "linear": linear, "neighbours": neighbours,
}
(Path(__file__).parent / "probes.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
