#!/usr/bin/env python3
"""Writes the inputs that fuzzing begins with, a folder per target: seeds.py FOLDER

Most are the tests' fixtures; the image layouts are made here with one image each.
"""
import io
import pathlib
import shutil
import sys
import tarfile
import zipfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = TESTS.parent / "samples"


def tar(path, entries):
    """Packs entries with gzip, and without: most changes of compressed bytes end in decompression."""
    for suffix, mode in {".gz": "w:gz", "": "w"}.items():
        with tarfile.open(f"{path}.tar{suffix}", mode) as archive:
            for name, data in entries.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


def main():
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    archive = TESTS / "Archive/Fixtures"
    core = TESTS / "IICCore/Fixtures"
    media = TESTS / "Media/Fixtures"
    seeds = {
        "manifest": [*SAMPLES.glob("*/*.yaml")],
        "archive": [path for path in archive.glob("*") if path.is_file() and path.stat().st_size < 20_000],
        "idx": [*archive.glob("idx/*-ubyte")],
        "npy": [*archive.rglob("*.npy"), *core.glob("*.npy")],
        "arrays": [],
        "npz": [],
        "safetensors": [*core.glob("*.safetensors")],
        "csv": [],
        "webdataset": [],
        "stl10": [],
        "cifar": [],
        "picture": [path for kind in ("png", "jpg", "webp", "bmp", "gif") for folder in (".", "moving", "turned")
                    for path in media.glob(f"{folder}/*.{kind}")],
        "sound": [*(TESTS / "Fuzz/Sounds").glob("tone.*"), *media.glob("codings/*.wav"), *media.glob("channels/*-6.*")],
        "film": [*media.glob("film.*"), *media.glob("turned/*.mov")],
        "texts": [],
        "jsonl": [],
        "vectors": [],
    }
    for target, paths in seeds.items():
        (out / target).mkdir(parents=True)
        for place, path in enumerate(paths):
            shutil.copy(path, out / target / f"{place}-{path.name}")
    (out / "idx/images").write_bytes(b"\0\0\x08\x03" + b"\0\0\0\x02" * 3 + bytes(8))
    (out / "csv/table").write_bytes(b'left,right,label\na,b,1\n"b",c,\n')
    (out / "csv/quoted").write_bytes(b'\xef\xbb\xbfright,left\r\n"a","x""y"\r\n')
    (out / "texts/table").write_bytes(b'text,label\nOne two,a\n"three, ""four""\nfive",b\n')
    (out / "texts/damaged").write_bytes(b'label,text\r\na,caf\xe9\r\n,\xe2\x82\xac 5\r\n')
    (out / "jsonl/objects").write_bytes(
        b'{"text": "One \\u00e9\\n", "label": 1}\n\n{"text": 2.5e3, "label": null, "more": [{}, true]}\r\n')
    (out / "vectors/named").write_bytes(b"id,label,x,y\na,0,1.5,-2e3\nb,,0,.5\n")
    (out / "vectors/quoted").write_bytes(b'x,"id",label\r\n"1",a,one\r\n 2 ,b,two\r\n')
    (out / "arrays/grey").write_bytes(npy("|u1", (2, 4, 4), bytes(range(32))))
    (out / "arrays/colour").write_bytes(npy("<f4", (1, 2, 2, 3), bytes(48)))
    for place, compression in enumerate((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(out / f"npz/{place}.npz", "w", compression) as archive_of_arrays:
            archive_of_arrays.writestr("x.npy", npy("<f4", (3, 2), bytes(24)))
            archive_of_arrays.writestr("y.npy", npy("<i8", (3,), bytes(24)))
    image = bytes(range(256)) * (3 * 96 * 96 // 256)
    tar(out / "stl10/train", {
        "stl10_binary/train_X.bin": image, "stl10_binary/train_y.bin": b"\x01",
        "stl10_binary/class_names.txt": b"airplane\nbird\n", "stl10_binary/fold_indices.txt": b"0\n"})
    tar(out / "stl10/unlabeled", {"stl10_binary/unlabeled_X.bin": image})
    record = b"\x03" + bytes(range(256)) * 12
    names = b"\n".join(b"class%d" % place for place in range(10)) + b"\n"
    tar(out / "cifar/test", {
        "cifar-10-batches-bin/test_batch.bin": record, "cifar-10-batches-bin/batches.meta.txt": names})
    tar(out / "cifar/train", {f"cifar-10-batches-bin/data_batch_{n}.bin": record for n in range(1, 6)})
    bitmap = b"BM" + (70).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
    bitmap += (2).to_bytes(4, "little") * 2 + b"\1\0\x18\0" + bytes(24) + bytes(range(16))
    tar(out / "webdataset/shard", {"0001.bmp": bitmap, "0001.cls": b"3", "0002.bmp": bitmap, "0002.cls": b"0"})


if __name__ == "__main__":
    main()
