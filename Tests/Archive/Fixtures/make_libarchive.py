"""Writes files.7z and files.tar.zst beside this script: the two files of `files`, in containers that Python cannot write.

Run with Python 3.9 or later after make.py; it needs libarchive (Debian: libarchive13) and the program zstd.
"""

import ctypes
import ctypes.util
import subprocess
from pathlib import Path

here = Path(__file__).parent
library = ctypes.CDLL(ctypes.util.find_library("archive") or "libarchive.so.13")
for name in ["archive_write_new", "archive_entry_new"]:
    getattr(library, name).restype = ctypes.c_void_p


def call(name, *arguments):
    status = getattr(library, name)(*arguments)
    assert status is None or status >= 0, (name, status)


archive = ctypes.c_void_p(library.archive_write_new())
call("archive_write_set_format_7zip", archive)
call("archive_write_open_filename", archive, str(here / "files.7z").encode())
for name in ["a.txt", "sub/b.bin"]:
    data = (here / "files" / name).read_bytes()
    entry = ctypes.c_void_p(library.archive_entry_new())
    library.archive_entry_set_pathname(entry, name.encode())
    library.archive_entry_set_filetype(entry, ctypes.c_uint(0o100000))
    library.archive_entry_set_perm(entry, ctypes.c_uint(0o644))
    library.archive_entry_set_size(entry, ctypes.c_int64(len(data)))
    call("archive_write_header", archive, entry)
    library.archive_write_data.restype = ctypes.c_ssize_t
    assert library.archive_write_data(archive, data, ctypes.c_size_t(len(data))) == len(data)
    library.archive_entry_free(entry)
call("archive_write_close", archive)
call("archive_write_free", archive)
subprocess.run(["zstd", "-19", "-f", "-q", "--check", here / "files.tar", "-o", here / "files.tar.zst"], check=True)
