"""Disks that are full."""
import contextlib
import os
import subprocess

from Faults.runs import check, results, resume, run


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
