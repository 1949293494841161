"""Runs that are killed or told to stop."""
import pathlib
import random
import shutil
import signal
import subprocess
import time

from Faults.runs import check, make_data, results, resume, run, start


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
                # As if it had been killed between the record of an epoch and the checkpoint that knows of it.
                for record in [cut / "metrics.jsonl", cut / "timing.jsonl"]:
                    if record.exists():
                        record.write_bytes(record.read_bytes() + b"{}\n")
                process = resume(cut, manifest)
        message = process.communicate()[1]
        check(process.returncode == 0, message)
        runs += 1
        alike += results(cut) == expected
        lines = [(cut / name).read_bytes().count(b"\n") for name in ("metrics.jsonl", "timing.jsonl")]
        check(lines[0] == lines[1] > 0, f"a killed run has {lines[0]} lines of metrics and {lines[1]} of times")
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


def label(folder, manifest, kills):
    """SIGKILL at random moments of labelling: the file is that of the uninterrupted command, byte for byte."""
    code, message = run("train", manifest, "--run", folder / "labelled", "--set", "training.epochs=2")
    check(code == 0, message)
    many = folder / "many"
    many.mkdir()
    make_data(many, items=150_000)
    command = ["assign", folder / "labelled", many / "vectors.npy", "--all", "--out"]
    began = time.monotonic()
    code, message = run(*command, folder / "whole.csv")
    check(code == 0, message)
    length = time.monotonic() - began
    expected = (folder / "whole.csv").read_bytes()
    rng = random.Random()
    done = files = 0
    while done < kills:
        out = folder / f"cut-{files}.csv"
        while not out.exists():
            process = start(*command, out)
            try:
                process.wait(rng.uniform(0.1, 1.2) * length if done < kills else None)
                check(process.returncode == 0, process.communicate()[1])
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                done += 1
        files += 1
        check(out.read_bytes() == expected, f"{out.name} is not the file of the uninterrupted command")
        check(not list(folder.glob(".cut-*")), "something unfinished was left behind")
    print(f"faults: label: {done} kills in {files} files; all equal the uninterrupted one")
