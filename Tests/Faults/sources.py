"""Data that goes or changes, and processes that want the same of it."""
import signal
import time

from Faults.runs import check, make_data, results, run, start


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
    # The samples, and the neighbours that were found in them.
    check(sorted(path.suffix for path in entries) == ["", ".partners"], f"the cache has {entries}")
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
