"""What is on the disk when a machine stops: the order in which files are written, synchronised and named.

A file system may keep bytes and names in memory, and bring them to the disk in any order, until it is told to
synchronise a file or a folder. `calls.c` writes down what the program does; the rules below are what must hold.
"""
import collections
import json
import os
import pathlib
import subprocess

from Faults.runs import ROOT, check, run

Call = collections.namedtuple("Call", "thread call path more")


def order(folder, manifest):
    """Whenever the machine stops, no name on the disk is of half a file, and no checkpoint names what is not there."""
    library = folder / "calls.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
                    ROOT / "Tests/Faults/calls.c", "-ldl"], check=True)
    place = folder / "order"
    place.mkdir()
    preload = {"LD_PRELOAD": str(library), "CALLS": str(folder / "calls"), "CALLS_ROOT": str(place)}
    preload["XDG_CACHE_HOME"] = str(place / "cache")
    # In a folder that is made with the run, and with checkpoints by steps, all of which are kept.
    code, message = run("train", manifest, "--run", place / "new/run", "--set", "checkpoint={steps: 7, keep: 1000}",
                        "--set", "training.epochs=3", **preload)
    check(code == 0, message)
    code, message = run("embed", place / "new/run", "--out", place / "new/features.npy", **preload)
    check(code == 0, message)
    calls = read(folder / "calls")
    found = fault(calls, place / "new")
    check(found is None, f"a machine that stops loses something: {found}")
    # That the rules are about these calls: without any one of them something is wrong.
    for left_out in needed(calls, place / "new"):
        rest = [call for number, call in enumerate(calls) if number not in left_out]
        check(fault(rest, place / "new"), f"not missed where it is left out: fsync {calls[left_out[0]].path}")
    print(f"faults: order: {len(calls)} calls; none that brings something to the disk can be left out")


def needed(calls, place):
    """The places of calls that synchronise, in groups of which no one can be left out: each by itself, but all together of
    a record that grows and of a folder of the cache, since a later one makes up for one before."""
    groups = collections.defaultdict(list)
    for number, call in enumerate(calls):
        # What is noted beside an entry of the cache later may be lost.
        if call.call == "fsync" and (call.path.startswith(str(place)) or ".building-" in call.path):
            alone = call.path.startswith(str(place)) and not call.path.endswith(".jsonl")
            groups[number if alone else call.path].append(number)
    return groups.values()


def read(log):
    return [Call(*line.split("\t")) for line in log.read_text().splitlines()]


def fault(calls, place):
    """The first rule that calls break, or None. `place` is where runs and results are; what is elsewhere, the cache, may
    lose a name, since it is made anew, but may not have one of half a file."""
    disk = Disk(place)
    for call in calls:
        if problem := disk.take(call):
            return problem
    return disk.end()


class Disk:
    """What has been brought to the disk."""

    def __init__(self, place):
        self.place = str(place)
        self.lengths = {}  # by file, bytes written
        self.kept = {}  # by file, bytes that were synchronised
        self.unsynchronised = {}  # by folder, the names that were put into it since it was synchronised
        self.waiting = collections.defaultdict(set)  # by thread, names that come to the disk before it does more
        self.made = set()  # folders, which may be made one in the other before the names of all come to the disk
        self.best = None  # whether the best weights were written since the last checkpoint
        self.last_best = None  # the checksum that the last checkpoint has of them

    def take(self, call):
        thread, path, more = call.thread, call.path, call.more
        if call.call == "fsync":
            self.kept[path] = self.lengths.get(path, 0)
            self.unsynchronised.pop(path, None)
            # Another thread may synchronise the same folder by chance; each does so for its own names.
            self.waiting[thread] = {name for name in self.waiting[thread] if os.path.dirname(name) != path}
            return None
        if call.call == "mkdir":
            if path.startswith(self.place) and not path.endswith(".partial"):
                self.put(path)
                self.made.add(path)
                self.waiting[thread].add(path)
            if not self.waiting[thread] - self.made:
                return None
        if self.waiting[thread]:
            return f"{sorted(self.waiting[thread])} not brought to the disk before {call.call} {path} {more}"
        if call.call == "write":
            if path not in self.lengths:
                self.put(path)
            self.lengths[path] = self.lengths.get(path, 0) + int(more)
        elif call.call == "link":
            self.put(more)
            self.move(path, more)
        elif call.call == "unlink":
            self.lengths.pop(path, None)
            self.kept.pop(path, None)
        elif call.call == "rename":
            return self.rename(thread, path, more)
        return None

    def put(self, path):
        self.unsynchronised.setdefault(os.path.dirname(path), set()).add(path)

    def move(self, path, target):
        """What is known of a file, or of all in a folder, holds under another name."""
        for known in (self.lengths, self.kept):
            for name in [name for name in known if name == path or name.startswith(path + "/")]:
                known[target + name[len(path):]] = known[name]

    def rename(self, thread, path, target):
        inside = [name for name in self.lengths if name == path or name.startswith(path + "/")]
        if not inside and path not in self.kept and path.startswith(self.place):
            return f"{target} gets its name before {path} is on the disk"
        for name in inside:
            if self.kept.get(name) != self.lengths[name]:
                return f"{target} gets its name before the bytes of {name} are on the disk"
        if names := self.unsynchronised.pop(path, set()):
            if left := {name for name in names if os.path.exists(target + name[len(path):])}:
                return f"{target} gets its name before the names in it are on the disk: {sorted(left)}"
        self.move(path, target)
        for known in (self.lengths, self.kept):
            for name in inside:
                known.pop(name, None)
        self.put(target)
        if not target.startswith(self.place):
            return None
        self.waiting[thread].add(target)
        if os.path.basename(os.path.dirname(target)) == "checkpoints":
            return self.checkpoint(pathlib.Path(target))
        if os.path.basename(target) == "best.safetensors" and not path.startswith(os.path.dirname(target) + "/checkpoints"):
            self.best = target
        return None

    def checkpoint(self, place):
        """A checkpoint is on the disk no earlier than the records and the best weights that it speaks of."""
        state = json.loads((place / "state.json").read_text())
        log = state["log"]
        for name, key in [("metrics.jsonl", "metricsLength"), ("timing.jsonl", "timingLength")]:
            kept = self.kept.get(str(place.parent.parent / name), 0)
            if kept < log[key]:
                return f"checkpoint {place.name} says {log[key]} bytes of {name}; {kept} are on the disk"
        best = state["bestWeights"].get("sha256")
        if best != self.last_best and not self.best:
            return f"checkpoint {place.name} names best weights that are not on the disk"
        self.last_best, self.best = best, None
        return None

    def end(self):
        if waiting := sorted(set().union(*self.waiting.values())):
            return f"never brought to the disk: {waiting}"
        for path, length in self.lengths.items():
            if path.startswith(self.place) and self.kept.get(path) != length:
                return f"the last bytes of {path} are never brought to the disk"
        return None
