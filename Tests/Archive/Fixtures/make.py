"""Writes the fixtures beside this script: the same two files in every container, and IDX arrays.

Run with Python 3.9 or later; it needs nothing else. The tests compare all containers with the folder `files`.
"""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
from pathlib import Path

here = Path(__file__).parent
files = {
    "a.txt": b"".join(b"line %d\n" % i for i in range(40)),
    "sub/b.bin": random.Random(1).randbytes(1500),
}


def tar(members):
    """A tar archive; a member is a name and its bytes, or a ready TarInfo."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        end = archive.offset
    # Without the zeros that fill tarfile's last record, after the end mark of two blocks.
    return out.getvalue()[:end + 1024]


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def idx(shape, data, kind=8):
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


def write(name, data):
    path = here / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


for name, data in files.items():
    write("files/" + name, data)

plain = tar([
    special("sub", tarfile.DIRTYPE),
    ("a.txt", files["a.txt"]),
    special("link", tarfile.SYMTYPE, "/etc/passwd"),
    special("hard", tarfile.LNKTYPE, "a.txt"),
    special("pipe", tarfile.FIFOTYPE),
    special("device", tarfile.CHRTYPE),
    ("sub/b.bin", files["sub/b.bin"]),
])
write("files.tar", plain)
write("files.tar.gz", gzip.compress(plain, mtime=0))
write("files.tgz", gzip.compress(plain, mtime=0))
write("files.tar.bz2", bz2.compress(plain))
write("files.tar.xz", lzma.compress(plain))
write("files.zip", zipped(files.items()))
write("stored.zip", zipped(files.items(), zipfile.ZIP_STORED))
write("b.bin.gz", gzip.compress(files["sub/b.bin"], mtime=0))
write("zeros.gz", gzip.compress(bytes(100000), mtime=0))
write("b.bin.xz", lzma.compress(files["sub/b.bin"]))
write("names.tar.gz", gzip.compress(tar([
    ("../up.txt", b"up"), ("/etc/absolute", b"absolute"), ("./dot/x.idx.gz", gzip.compress(b"inside", mtime=0)),
    ("grüße\n.txt", b"unicode"),
]), mtime=0))
write("names.zip", zipped([("../up.txt", b"up"), ("grüße.txt", b"unicode")]))
write("none.tar", tar([special("sub", tarfile.DIRTYPE)]))
write("many.zip", zipped([(f"n{i}", b"x") for i in range(11)]))
write("idx/labels-idx1-ubyte", idx([5], bytes([3, 1, 4, 1, 5])))
write("idx/images-idx3-ubyte.gz", gzip.compress(idx([2, 3, 4], bytes(range(24))), mtime=0))

# Data compressed twice, of which only gzip's inside is not seen as compressed again.
write("b.bin.bz2.xz", lzma.compress(bz2.compress(files["sub/b.bin"])))
write("b.bin.gz.xz", lzma.compress(gzip.compress(files["sub/b.bin"], mtime=0)))
write("nested.tar", tar([("in.zip", zipped(files.items())), ("in.tar", plain)]))
# A whole archive before 300 MB of zeros, which take 400 bytes.
write("zeros-behind.tar.bz2", bz2.compress(plain) + bz2.compress(bytes(300_000_000)))
