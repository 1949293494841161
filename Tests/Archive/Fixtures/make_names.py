"""Writes archives whose names are not UTF-8, or are links, or a system's own, beside this script.

Run with Python 3.9 or later; it needs nothing else. Each file holds its own name's number, so that tests can tell them
apart. zipfile cannot write names as raw bytes, so the zips are put together here.
"""

import gzip
import io
import struct
import tarfile
import zlib
from pathlib import Path

here = Path(__file__).parent


def zipped(name, entries, flags=0):
    """A zip as MS-DOS and Windows write it: stored entries with names as raw bytes."""
    body, directory = b"", b""
    for path, data in entries:
        crc, place, size = zlib.crc32(data), len(body), len(data)
        common = struct.pack("<HHHHIIIHH", flags, 0, 0, 0x5621, crc, size, size, len(path), 0)
        body += struct.pack("<IH", 0x04034B50, 20) + common + path + data
        directory += struct.pack("<IBBH", 0x02014B50, 20, 0, 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, place) + path
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    (here / name).write_bytes(body + directory + end)


def numbered(names):
    return [(name, b"%d" % place) for place, name in enumerate(names)]


# Code page 866, GBK and Windows' Shift-JIS; the last has a character whose second byte is a backslash.
texts = {"cp866": ["кот/1.txt", "пес/1.txt"], "gbk": ["猫/照片.txt", "狗/照片.txt"], "cp932": ["写真/表.txt", "写真/①.txt"]}
for charset, names in texts.items():
    zipped(f"names-{charset}.zip", numbered([name.encode(charset) for name in names]))
zipped("backslash.zip", numbered([b"set\\a\\1.txt", b"set\\b\\1.txt"]))
zipped("backslash-cp866.zip", numbered(["кот\\1.txt".encode("cp866"), "пес\\1.txt".encode("cp866")]))
zipped("names-mixed.zip", numbered([b"\xe9.txt", rb"\xE9.txt", rb"\x5CxE9.txt", b"plain\\name/x.txt", "é.txt".encode()]))
zipped("names-utf8.zip", numbered(["café/猫.txt".encode()]), flags=0x800)
zipped("names-false.zip", numbered(["кот/1.txt".encode("cp866")]), flags=0x800)

# What a Mac's Finder and Windows' Explorer put beside files.
own = [".DS_Store", "__MACOSX/set/._a.txt", "set/._a.txt", "set/.hidden/b.txt", "set/Thumbs.db", "set/DESKTOP.INI"]
zipped("own.zip", numbered([name.encode() for name in own + ["set/a.txt", "set/b.c.txt"]]))


def tar(name, members, charset="utf-8", form=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding=charset) as archive:
        for path, content in members:
            info = tarfile.TarInfo(path)
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content
                archive.addfile(info)
    data = out.getvalue()
    (here / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)


tar("names-cp866.tar", [(name, b"%d" % place) for place, name in enumerate(texts["cp866"])], "cp866")

# Files once, and again under names that link to them: in order, in turn, through another link, and with `./`.
hard = tarfile.LNKTYPE
files = [(f"all/{i}", bytes([65 + i]) * (1000 + i)) for i in range(4)]
links = [("train/2", (hard, "all/2")), ("train/0", (hard, "all/0")), ("test/2", (hard, "./train/2"))]
again = [("all/0", b"new"), ("test/0", (hard, "all/0"))]
tar("hard.tar", files + links + again)
tar("hard.tar.gz", files + links + again)
tar("hard-nowhere.tar", files[:1] + [("later", (hard, "all/1"))] + files[1:2])
