#!/usr/bin/env python3
"""Does to runs what happens to machines, and checks that nothing is lost.

    Tests/faults.py                  a short form of everything
    Tests/faults.py kill --kills 30  kills a run at 30 random moments; it must end as if nothing had happened
    Tests/faults.py label --kills 20 kills labelling; the file must be that of an uninterrupted command
    Tests/faults.py full             fills the disk during every kind of write (needs root, for a small tmpfs)
    Tests/faults.py order            watches in what order files come to the disk
    Tests/faults.py memory --steps 20000   watches memory, descriptors and threads over a long run
    Tests/faults.py checkpoint --rounds 3  measures what checkpoints cost, on a wide network or --manifest

Wants the program at .build/release/iic, or the path in IIC.
"""
import argparse
import os
import pathlib
import sys
import tempfile

# Before the import: no compiled files among the sources.
sys.dont_write_bytecode = True
from Faults.checkpoints import checkpoint
from Faults.disks import full
from Faults.interruptions import kill, label, signals
from Faults.order import order
from Faults.resources import memory
from Faults.runs import make_data
from Faults.sources import race, vanish


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="short", choices=["short", "kill", "label", "full", "order", "memory", "checkpoint"])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--manifest", type=pathlib.Path, help="another manifest for kill or checkpoint")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iic-faults-") as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        manifest = make_data(folder)
        if options.what == "kill":
            kill(folder, options.manifest or manifest, options.kills)
        elif options.what == "label":
            label(folder, manifest, options.kills)
        elif options.what == "full":
            full(folder, manifest, range(64, 2048, 64))
        elif options.what == "order":
            order(folder, manifest)
        elif options.what == "memory":
            memory(folder, manifest, options.steps)
        elif options.what == "checkpoint":
            checkpoint(folder, options.manifest, options.rounds)
        else:
            kill(folder, manifest, 3)
            label(folder, manifest, 3)
            signals(folder, manifest)
            vanish(folder, manifest)
            race(folder, manifest)
            order(folder, manifest)
            full(folder, manifest, [128, 512, 900])


if __name__ == "__main__":
    main()
