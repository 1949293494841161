#!/usr/bin/env python3
"""Does to runs what happens to machines, and checks that nothing is lost.

    Tests/faults.py                  a short form of everything
    Tests/faults.py kill --kills 30  kills a run at 30 random moments; it must end as if nothing had happened
    Tests/faults.py full             fills the disk during every kind of write (needs root, for a small tmpfs)
    Tests/faults.py memory --steps 20000   watches memory, descriptors and threads over a long run

Wants the program at .build/release/iic, or the path in IIC.
"""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
IIC = os.environ.get("IIC", str(ROOT / ".build/release/iic"))
RESULTS = ["weights.safetensors", "best.safetensors", "metrics.jsonl", "assignments.csv"]
MANIFEST = """
name: faults
modality: vector
data: {source: vectors.npy}
views: {base: {noise: 0.1}, transformed: {noise: 0.3}}
encoder: {name: mlp}
heads: {main: {clusters: 4, subheads: 3}, auxiliary: {clusters: 12, subheads: 3}}
training:
  {epochs: 8, batch: 200, repeats: 2, learningRate: 1e-3, threads: 1, restarts: {count: 2, epochs: 2}}
checkpoint: {steps: 7, keep: 2}
"""


def make_data(folder, items=4000, features=32):
    """Four clouds of points, as an array of NumPy's, and a manifest that clusters them."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(0)
    values = [3 * (row % 4 == column % 4) + rng.random() for row in range(items) for column in range(features)]
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({items}, {features}), }}"
    header = header.ljust(128 - 11) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    (folder / "vectors.npy").write_bytes(data + struct.pack(f"<{len(values)}f", *values))
    (folder / "iic.yaml").write_text(MANIFEST)
    return folder / "iic.yaml"


def start(*arguments, **environment):
    return subprocess.Popen(
        [IIC, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_WAIT_POLICY": "passive", **environment})


def run(*arguments, **environment):
    process = start(*arguments, **environment)
    message = process.communicate()[1]
    return process.returncode, message


def results(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in RESULTS}


def check(holds, message):
    if not holds:
        sys.exit(f"faults: failed: {message}")


def resume(folder, manifest):
    """Starts a run that may or may not have come to its first checkpoint."""
    if list(folder.glob("checkpoints/[0-9]*")):
        return start("train", "--resume", folder)
    shutil.rmtree(folder, ignore_errors=True)
    return start("train", manifest, "--run", folder)


def kill(folder, manifest, kills):
    """SIGKILL at random moments: the results are those of the uninterrupted run, byte for byte."""
    began = time.monotonic()
    code, message = run("train", manifest, "--run", folder / "whole")
    check(code == 0, message)
    length = time.monotonic() - began
    expected = results(folder / "whole")
    rng = random.Random()
    done = alike = runs = 0
    while done < kills:
        cut = folder / f"cut-{runs}"
        process = start("train", manifest, "--run", cut)
        while done < kills:
            try:
                process.wait(rng.uniform(0, 0.7 * length))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                done += 1
                process = resume(cut, manifest)
        message = process.communicate()[1]
        check(process.returncode == 0, message)
        runs += 1
        alike += results(cut) == expected
        shutil.rmtree(cut)
    check(alike == runs, f"{alike} of {runs} killed runs ended like the uninterrupted one")
    print(f"faults: kill: {done} kills in {runs} runs; all ended like the uninterrupted one")


def signals(folder, manifest):
    """SIGINT and SIGTERM end a run with a checkpoint; a second process in the folder is refused."""
    endless = ["--set", "training.epochs=100000", "--set", "training.restarts.count=1"]
    for number, expected in [(signal.SIGINT, 130), (signal.SIGTERM, 143)]:
        place = folder / f"signal-{expected}"
        process = start("train", manifest, "--run", place, *endless)
        while not list(place.glob("checkpoints/[0-9]*")):
            check(process.poll() is None, "a run ended that should go on")
            time.sleep(0.05)
        code, message = run("train", "--resume", place)
        check(code == 1 and "another process" in message, f"a second process ended with {code}: {message}")
        process.send_signal(number)
        message = process.communicate(timeout=60)[1]
        check(process.returncode == expected, f"signal {number}: exit code {process.returncode}: {message}")
        check("--resume" in message, f"signal {number} does not say how to go on: {message}")
    # Steps of about a second, so that the second signal comes in the middle of one.
    slow = ["--set", "training.batch=160000", "--set", "training.repeats=40", *endless]
    for number in (signal.SIGINT, signal.SIGTERM):
        place = folder / f"twice-{int(number)}"
        process = start("train", manifest, "--run", place, *slow)
        while not (place / "receipt.json").exists():
            check(process.poll() is None, "a run ended that should go on")
            time.sleep(0.05)
        process.send_signal(number)
        while catches(process.pid, number):
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate(timeout=60)
        check(process.returncode == -number, f"a second signal {number}: exit code {process.returncode}")
    print("faults: signals: 130 and 143, with a checkpoint; a second one stops at once; a second process is refused")


def catches(process, number):
    """Whether a process handles a signal itself."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), "0")
    return int(caught, 16) >> (number - 1) & 1 == 1


def vanish(folder, manifest):
    """Data that goes during a run does no harm; data that changed is refused when the run goes on."""
    place = folder / "vanished"
    process = start("train", manifest, "--run", place, "--set", "training.epochs=40")
    while not list(place.glob("checkpoints/[0-9]*")):
        time.sleep(0.05)
    data = manifest.parent / "vectors.npy"
    kept = data.read_bytes()
    data.unlink()
    message = process.communicate()[1]
    check(process.returncode == 0, f"the data vanished during a run: {message}")
    code, message = run("train", "--resume", place, "--set", "training.epochs=50")
    check(code == 1 and "vectors.npy" in message, f"resuming without data ended with {code}: {message}")
    data.write_bytes(kept[:-4] + b"\0\0\0\0")
    code, message = run("train", "--resume", place, "--set", "training.epochs=50")
    check(code == 1 and "data" in message, f"resuming with other data ended with {code}: {message}")
    data.write_bytes(kept)
    print("faults: vanish: a run goes on without its source; other data is refused")


def race(folder, manifest):
    """Processes that need the same cache entry at once all get it."""
    cache = folder / "race-cache"
    processes = [
        start("train", manifest, "--run", folder / f"race-{place}", "--set", "training.epochs=2",
              "--set", "training.restarts.count=1", XDG_CACHE_HOME=str(cache))
        for place in range(3)]
    for process in processes:
        message = process.communicate()[1]
        check(process.returncode == 0, message)
    check(len({tuple(results(folder / f"race-{place}").items()) for place in range(3)}) == 1, "the runs differ")
    entries = [path for path in (cache / "iic/samples").iterdir() if not path.name.startswith(".")]
    check(len(entries) == 1, f"the cache has {entries}")
    # The one that builds is killed; the one that waits for it builds instead.
    cache = folder / "orphaned-cache"
    large = make_data(folder / "large", items=40_000, features=256)
    first = start("inspect", large, XDG_CACHE_HOME=str(cache))
    while not list(cache.glob("iic/samples/*.building-*/samples.bin")):
        check(first.poll() is None, "the cache was built before it could be interrupted")
        time.sleep(0.001)
    first.send_signal(signal.SIGSTOP)
    second = start("inspect", large, XDG_CACHE_HOME=str(cache))
    while "waiting for another process" not in (line := second.stderr.readline()):
        check(line, "the second process did not wait for the first")
    first.kill()
    first.communicate()
    message = second.communicate()[1]
    check(second.returncode == 0, f"the builder of the cache was killed: {message}")
    print("faults: race: three processes share one cache entry; one whose builder is killed builds it itself")


@contextlib.contextmanager
def small_disk(folder, kib):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def full(folder, manifest, sizes):
    """A disk that is full at some write or other: the run says so, and goes on when there is room."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        return print("faults: full: left out, since only root may mount a small disk")
    code, message = run("train", manifest, "--run", folder / "roomy")
    check(code == 0, message)
    expected = results(folder / "roomy")
    disk = folder / "disk"
    stopped = resumed = 0
    for kib in sizes:
        with small_disk(disk, kib):
            code, message = run("train", manifest, "--run", disk / "run")
            if code == 0:
                continue
            check(code == 1 and "No space left" in message, f"{kib} KiB for a run: exit code {code}: {message}")
            stopped += 1
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            process = resume(disk / "run", manifest)
            message = process.communicate()[1]
            check(process.returncode == 0, f"{kib} KiB for a run, then more: {message}")
            check(results(disk / "run") == expected, f"{kib} KiB for a run, then more: other results")
            resumed += 1
    check(stopped > 0, "no disk was too small")
    for kib in [16, 256]:
        with small_disk(disk, kib):
            code, message = run("train", manifest, "--run", folder / "no-cache", XDG_CACHE_HOME=str(disk))
            check(code == 1 and "No space left" in message, f"{kib} KiB for the cache: {code}: {message}")
            code, message = run("embed", folder / "roomy", "--out", disk / "features.npy")
            check(code == 1 and "No space left" in message, f"{kib} KiB for features: {code}: {message}")
    kept_when_full(folder, manifest, disk)
    print(f"faults: full: {stopped} runs stopped with a message; {resumed} went on to the same results")


def kept_when_full(folder, manifest, disk):
    """What is on a disk that is full still loads after writes to it have failed."""
    with small_disk(disk, 16_384):
        code, message = run("train", manifest, "--run", disk / "run", XDG_CACHE_HOME=str(disk))
        check(code == 0, message)
        code, message = run("embed", disk / "run", "--out", disk / "features.npy", XDG_CACHE_HOME=str(disk))
        check(code == 0, message)
        before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
        with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))
        for what, *arguments in [
            ("more epochs", "train", "--resume", disk / "run", "--set", "training.epochs=9"),
            ("the same features", "embed", disk / "run", "--out", disk / "features.npy"),
            ("another decoding", "train", manifest, "--run", folder / "other", "--set", "data.normalise=true"),
        ]:
            code, message = run(*arguments, XDG_CACHE_HOME=str(disk))
            check(code == 1 and "No space left" in message, f"full disk, {what}: {code}: {message}")
        for path, content in before.items():
            check(path.exists() and path.read_bytes() == content, f"full disk: {path.name} is not what it was")
        code, message = run("evaluate", disk / "run", XDG_CACHE_HOME=str(disk))
        check(code == 0, f"full disk: the run does not load: {message}")


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="short", choices=["short", "kill", "full", "memory"])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--manifest", type=pathlib.Path, help="another manifest for kill")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iic-faults-") as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        manifest = make_data(folder)
        if options.what == "kill":
            kill(folder, options.manifest or manifest, options.kills)
        elif options.what == "full":
            full(folder, manifest, range(64, 2048, 64))
        elif options.what == "memory":
            memory(folder, manifest, options.steps)
        else:
            kill(folder, manifest, 3)
            signals(folder, manifest)
            vanish(folder, manifest)
            race(folder, manifest)
            full(folder, manifest, [128, 512, 900])


if __name__ == "__main__":
    main()
