"""What a long run takes of the machine."""
import contextlib
import json
import pathlib
import time

from Faults.runs import check, start


def memory(folder, manifest, steps):
    """Resident memory, descriptors and threads of a long training, after the first minute or tenth.

    The evaluation that follows the last epoch is another kind of work and not watched.
    """
    epochs = -(-steps // 40)
    process = start("train", manifest, "--run", folder / "long", "--set", f"training.epochs={epochs}",
                    "--set", "training.restarts.count=1")
    place = pathlib.Path(f"/proc/{process.pid}")
    began = time.monotonic()
    samples = []
    metrics = folder / "long" / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.read_bytes().count(b"\n") >= epochs):
        with contextlib.suppress(OSError, StopIteration, ValueError):
            status = (place / "status").read_text().splitlines()
            value = {line.split(":")[0]: line.split(":")[1] for line in status if ":" in line}
            sample = [int(value["VmRSS"].split()[0]), len(list((place / "fd").iterdir())), int(value["Threads"])]
            samples.append([time.monotonic() - began, *sample])
        time.sleep(0.5)
    message = process.communicate()[1]
    check(process.returncode == 0, message)
    last = samples[-1][0]
    first = [sample for sample in samples if sample[0] <= min(60, last / 10)] or samples[:1]
    late = [sample for sample in samples if sample[0] >= 0.9 * last]
    growth = max(s[1] for s in late) / max(s[1] for s in first) - 1
    figures = {"steps": epochs * 40, "seconds": round(last), "rss_growth": round(growth, 4),
               "descriptors": [max(s[2] for s in first), max(s[2] for s in late)],
               "threads": [max(s[3] for s in first), max(s[3] for s in late)]}
    print("faults: memory:", json.dumps(figures))
    check(growth < 0.01, f"memory grew by {growth:.2%}")
    check(figures["descriptors"][1] <= figures["descriptors"][0], "descriptors grew")
    check(figures["threads"][1] <= figures["threads"][0], "threads grew")
