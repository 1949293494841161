"""What checkpoints cost training."""
import json
import statistics
import time

from Faults.runs import MANIFEST, check, run

EPOCHS = 3
# A network that is large for its data: a checkpoint holds 25 MB, and a step takes a tenth of a second or so.
WIDE = ["--set", "encoder.hidden=1024", "--set", "encoder.layers=3"]
# By time alone, every few steps, and every step: then a write waits for the one before, which costs most.
INTERVALS = {"by_time": None, "every_10_steps": 10, "every_step": 1}
DEFAULT_MINUTES = 10


def checkpoint(folder, given, rounds):
    """Trains the same run in turn with few and with many checkpoints; what each costs is the difference of their times.

    Figures are printed, and nothing is asserted about them: they depend on the machine and its disk.
    """
    manifest, wide = given, []
    if not given:
        manifest, wide = folder / "by-time.yaml", WIDE
        manifest.write_text(MANIFEST.replace("steps: 7, ", ""))
    settings = [*wide, "--set", f"training.epochs={EPOCHS}", "--set", "training.restarts.count=1"]
    # Decodes the data and reads the program from the disk.
    code, message = run("train", manifest, "--run", folder / "first", *settings)
    check(code == 0, message)
    seconds = {name: [] for name in INTERVALS}
    counts, stepping = {}, []
    for place in range(rounds):
        for name, steps in INTERVALS.items():
            cut = folder / f"{name}-{place}"
            began = time.monotonic()
            code, message = run(
                "train", manifest, "--run", cut, *settings, *(["--set", f"checkpoint.steps={steps}"] if steps else []))
            seconds[name].append(time.monotonic() - began)
            check(code == 0, message)
            newest = max(cut.glob("checkpoints/[0-9]*"))
            # They are numbered from 1.
            counts[name] = int(newest.name)
            size = sum(path.stat().st_size for path in newest.iterdir())
            if not steps:
                lines = (cut / "timing.jsonl").read_text().splitlines()
                stepping.append(sum(json.loads(line)["seconds"] for line in lines))
    usual = "by_time"
    each = {
        name: (statistics.median(seconds[name]) - statistics.median(seconds[usual])) / (counts[name] - counts[usual])
        for name in INTERVALS if counts[name] > counts[usual]}
    check(each, f"no run wrote more than its {counts[usual]} checkpoints by time")
    cost = max(each.values())
    epoch = statistics.median(stepping) / EPOCHS
    figures = {
        "megabytes": round(size / 1e6, 1), "rounds": rounds, "checkpoints": counts,
        "seconds": {name: round(statistics.median(values), 2) for name, values in seconds.items()},
        "seconds_for_each": {name: round(value, 4) for name, value in each.items()},
        "epoch_seconds": round(epoch, 2),
        "share_by_time": round(cost / (60 * DEFAULT_MINUTES), 6),
        "share_with_one_per_epoch": round(cost / (60 * DEFAULT_MINUTES) + cost / epoch, 6)}
    print("faults: checkpoint:", json.dumps(figures))
