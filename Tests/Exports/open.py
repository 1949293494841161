"""Opens what iic exports with the tools that it is for: open.py IIC FOLDER TOOL...

FOLDER holds what make.py wrote, and the runs of it in runs/. Tools: onnx, torch, datalab, embedding-atlas, fiftyone, tensorboard.
"""
import json, pathlib, subprocess, sys
import numpy

program, root = sys.argv[1], pathlib.Path(sys.argv[2])
runs = sorted(path for path in (root / "runs").iterdir() if path.is_dir())
failures = 0


def iic(*arguments):
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def check(name, holds, detail=""):
    global failures
    failures += not holds
    print("ok" if holds else "FAILED", name, detail, flush=True)


def outputs(path, samples):
    import onnx, onnxruntime

    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path))
    # One item, several, and what is left, so that no number of items is built in.
    places = [0, 1, *range(17, len(samples), 16), len(samples)]
    parts = [session.run(None, {"samples": samples[a:b]}) for a, b in zip(places, places[1:])]
    return [numpy.concatenate(column) for column in zip(*parts)]


def onnx_equals_assign(run, what):
    iic("export", run, "--to", "onnx", root / "model.onnx")
    iic("export", run, "--to", "samples", root / "samples.npy")
    iic("assign", run, "--all", "--out", root / "all.npy")
    iic("assign", run, "--out", root / "labels.jsonl")
    wanted = numpy.load(root / "all.npy")
    features, probabilities, clusters = outputs(root / "model.onnx", numpy.load(root / "samples.npy"))
    difference = numpy.abs(probabilities - wanted).max()
    labels = [json.loads(line)["cluster"] for line in open(root / "labels.jsonl")]
    numbers = [cluster["cluster"] for cluster in json.load(open(root / "model.onnx.json"))["clusters"]]
    check(f"onnx: {what}", difference < 1e-4 and list(clusters) == labels and wanted.shape[1] == len(numbers),
          f"{len(wanted)} items, {difference:.1e}")
    iic("export", run, "--to", "datalab", root / "arrays")
    wanted = numpy.load(root / "arrays/features.npy")
    difference = numpy.abs(features - wanted).max()
    check(f"onnx: features of {what}", difference < 1e-3 * numpy.abs(wanted).max(), f"{features.shape}, {difference:.1e}")


def onnx():
    for run in runs:
        if not run.name.startswith("places"):
            onnx_equals_assign(run, run.name)
            continue
        iic("export", run, "--to", "onnx", root / "model.onnx")
        iic("export", run, "--to", "samples", root / "samples.npy")
        samples = numpy.load(root / "samples.npy")
        features, probabilities, clusters = outputs(root / "model.onnx", samples)
        assignments = root / "labels"
        iic("segment", run, root / "places", "--out", assignments)
        found = [read_png(assignments / f"{item:02}.png") for item in range(len(samples))]
        same = numpy.mean([a == b for a, b in zip(clusters, found)])
        check(f"onnx: {run.name}", same > 0.999 and probabilities.shape[2:] == clusters.shape[1:], f"{same:.5f} of places")
    run = root / "runs/vector-mlp"
    iic("edit", run, "--merge", "0,1=both")
    onnx_equals_assign(run, "merged clusters")
    iic("edit", run, "--split", "2")
    onnx_equals_assign(run, "a split cluster")
    iic("edit", run, "--undo")
    iic("edit", run, "--undo")


def read_png(path):
    from PIL import Image

    return numpy.asarray(Image.open(path))


def torch():
    run, samples = root / "runs/image-compact", root / "samples.npy"
    iic("export", run, "--to", "samples", samples)
    iic("assign", run, "--all", "--out", root / "all.npy")
    script = pathlib.Path(__file__).parents[2] / "samples/python/clusters.py"
    subprocess.run([sys.executable, script, run, samples], check=True, stdout=subprocess.DEVNULL)
    difference = numpy.abs(numpy.load(root / "samples.probabilities.npy") - numpy.load(root / "all.npy")).max()
    check("weights in PyTorch", difference < 1e-5, f"{difference:.1e}")


def datalab():
    from cleanlab import Datalab

    iic("export", root / "runs/vector-mlp", "--to", "datalab", root / "datalab")
    labels, features, probabilities = (
        numpy.load(root / "datalab" / f"{name}.npy") for name in ("labels", "features", "pred_probs"))
    lab = Datalab(data={"y": labels}, label_name="y", verbosity=0)
    lab.find_issues(features=features, pred_probs=probabilities)
    issues = lab.get_issues()
    found = {"is_outlier_issue", "is_label_issue", "is_near_duplicate_issue"} <= set(issues.columns)
    check("datalab", len(issues) == len(labels) == 90 and found)


def embedding_atlas():
    from embedding_atlas.graph_metrics import compute_degree_columns
    from embedding_atlas.utils import load_pandas_data

    iic("export", root / "runs/vector-mlp", "--to", "embedding-atlas", root / "atlas.jsonl")
    table = load_pandas_data(str(root / "atlas.jsonl"))
    first = table.neighbors[0]
    check("embedding-atlas", len(table) == 90 and {"x", "y", "cluster"} <= set(table.columns) and max(first["ids"]) < 90)
    degrees = compute_degree_columns(table, neighbors="neighbors")
    check("embedding-atlas: neighbours", degrees is not None)


def fiftyone():
    from fiftyone.utils.data.importers import FiftyOneImageClassificationDatasetImporter

    (root / "pictures").mkdir(exist_ok=True)
    for item in range(60):
        (root / "pictures" / f"{item}.png").touch()
    iic("export", root / "runs/image-18", "--to", "fiftyone", root / "labels.json")
    data = {path.stem: str(path) for path in (root / "pictures").iterdir()}
    importer = FiftyOneImageClassificationDatasetImporter(data_path=data, labels_path=str(root / "labels.json"))
    importer.setup()
    labels = [label.label for _, _, label in importer]
    classes = importer.get_dataset_info()["classes"]
    check("fiftyone", len(labels) == 60 and set(labels) <= set(classes), str(classes))


def tensorboard():
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = root / "runs/image-compact"
    iic("export", run, "--to", "tensorboard", root / "events")
    events = EventAccumulator(str(root / "events/start-1"))
    events.Reload()
    wanted = [json.loads(line) for line in open(run / "metrics.jsonl")]
    losses = [event.value for event in events.Scalars("loss/auxiliary")]
    same = numpy.allclose(losses, [min(line["losses"]["auxiliary"]) for line in wanted], rtol=1e-6)
    histogram = events.Histograms("final/items in clusters")[-1].histogram_value
    counts = json.load(open(run / "evaluation.json"))["last"]["cluster_counts"]
    check("tensorboard", same and list(histogram.bucket) == counts and "manifest" in events.Tags()["tensors"])


tools = {"onnx": onnx, "torch": torch, "datalab": datalab, "embedding-atlas": embedding_atlas, "fiftyone": fiftyone,
         "tensorboard": tensorboard}
for tool in sys.argv[3:]:
    tools[tool]()
sys.exit(failures > 0)
