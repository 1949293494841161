"""Small data of every modality, and a manifest for each kind of network, or for each network: make.py FOLDER [all]"""
import io, math, pathlib, random, struct, sys, tarfile, wave
import numpy

root = pathlib.Path(sys.argv[1])
# These are made of what others have.
is_whole = sys.argv[2:] == ["all"]
variants = {
    "image-six", "image-50", "image-five", "audio-wide", "text-bag", "text-convolution", "vector-linear", "video",
    "places-ResNet18", "places-wide"}
draws = numpy.random.default_rng(0)
letters = random.Random(0)


def manifest(name, data, encoder, views="", clusters=4, more=""):
    if name in variants and not is_whole:
        return
    modality = data["modality"]
    keys = "\n".join(f"  {key}: {value}" for key, value in data.items() if key != "modality")
    (root / f"{name}.yaml").write_text(
        f"name: {name}\nmodality: {modality}\ndata:\n{keys}\n" + (f"views: {views}\n" if views else "")
        + f"encoder: {encoder}\nheads:\n  main: {{clusters: {clusters}, subheads: 2}}\n"
        "  auxiliary: {clusters: 12, subheads: 2}\ntraining: {epochs: 1, batch: 30, precision: float32}\n" + more)


def images(name, size, channels, count=60):
    folder = root / name
    folder.mkdir()
    numpy.save(folder / "images.npy", draws.integers(0, 256, (count, size, size, channels)).astype("uint8"))
    return {"modality": "image", "source": name, "format": "npy", "images": "images.npy"}


def made_images():
    grey, colours = images("grey", 28, 1), images("colours", 36, 3)
    manifest("image-compact", grey, "{name: compact}", "{size: 24}")
    manifest("image-six", grey, "{name: ClusterNet6c}", "{size: 24}")
    manifest("image-five", colours, "{name: ClusterNet5g}", "{size: 32, input: sobel}")
    manifest("image-18", colours, "{name: ResNet18}", "{size: 32, input: plain+sobel}")
    manifest("image-50", colours, "{name: ResNet50}", "{size: 32, input: grey}")


def sounds():
    with tarfile.open(root / "sounds.tar", "w") as archive:
        for item in range(60):
            seconds = 0.7 + 0.8 * draws.random()
            times = numpy.arange(int(8000 * seconds)) / 8000
            samples = 9000 * numpy.sin(2 * math.pi * (200 + 100 * (item % 4)) * times) + draws.normal(0, 800, len(times))
            file = io.BytesIO()
            with wave.open(file, "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(8000)
                sound.writeframes(samples.astype("<i2").tobytes())
            entry = tarfile.TarInfo(f"{item:02}.wav")
            entry.size = len(file.getvalue())
            archive.addfile(entry, io.BytesIO(file.getvalue()))
    data = {"modality": "audio", "source": "sounds.tar", "sampleRate": 8000, "seconds": 2}
    manifest("audio-compact", data, "{name: compact}", "{seconds: 0.5, window: 200, hop: 80, bands: 24}")
    manifest("audio-wide", data, "{name: wide}", "{seconds: 0.5, window: 256, hop: 100, bands: 32, normalise: none}")


def texts():
    lines = ["".join(letters.choice("abcdefg "[i % 3:]) for _ in range(20 + i % 40)) for i in range(90)]
    (root / "lines.txt").write_text("\n".join(lines) + "\n")
    for encoder in "bag", "convolution", "transformer":
        manifest(f"text-{encoder}", {"modality": "text", "source": "lines.txt"}, f"{{name: {encoder}}}")


def vectors():
    rows = draws.normal(0, 1, (90, 6)) + numpy.arange(90)[:, None] % 4 * 3
    numpy.save(root / "rows.npy", rows.astype("float32"))
    for encoder in "linear", "mlp":
        data = {"modality": "vector", "source": "rows.npy", "standardise": "true"}
        manifest(f"vector-{encoder}", data, f"{{name: {encoder}}}")


def films():
    """Pictures in folders stand for films."""
    import zlib

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    def picture(pixels):
        rows = b"".join(b"\0" + row.tobytes() for row in pixels)
        header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

    for film in range(4):
        folder = root / "films" / str(film)
        folder.mkdir(parents=True)
        for frame in range(20):
            pixels = draws.integers(0, 256, (32, 32, 3)).astype("uint8") // 2 + 40 * film
            (folder / f"{frame:03}.png").write_bytes(picture(pixels.astype("uint8")))
    manifest("video", {"modality": "video", "source": "films", "format": "frames", "size": 32}, "{name: compact}", "{size: 24}")
    places = root / "places"
    places.mkdir()
    for item in range(30):
        (places / f"{item:02}.png").write_bytes(picture(draws.integers(0, 256, (32, 32, 3)).astype("uint8")))
    dense = "objective: {name: dense, displacement: 1}\n"
    for encoder in "compact", "wide", "ResNet18":
        data = {"modality": "segmentation", "source": "places"}
        manifest(f"places-{encoder}", data, f"{{name: {encoder}}}", clusters=3, more=dense)


for make in made_images, sounds, texts, vectors, films:
    make()
