"""Small files in the layouts of COCO-Stuff and Potsdam: python3 make.py, in this folder."""
import io
import os
import zipfile

import numpy as np
import tifffile
from PIL import Image
from scipy.io import savemat

# COCO-Stuff: photographs of which one is too small and one has too little of sky (156), plants (93) and ground (124).
sizes = {"train2017/000000000009": (640, 480), "train2017/000000000025": (361, 640), "train2017/000000000030": (400, 300),
         "val2017/000000000139": (500, 375), "val2017/000000000285": (640, 427)}
with zipfile.ZipFile("stuffthingmaps_trainval2017.zip", "w", zipfile.ZIP_DEFLATED) as maps:
    for name, (width, height) in sizes.items():
        rows, columns = np.mgrid[0:height, 0:width]
        classes = np.where(rows < height // 2, 156, 124).astype(np.uint8)
        classes[:, : width // 4] = 93
        classes[-height // 10:] = 255
        if name.endswith("285"):
            classes[:, : width // 3] = 0
        picture = np.stack([classes, (rows + columns) % 200, 255 - classes], 2).astype(np.uint8)
        os.makedirs("images/" + name.split("/")[0], exist_ok=True)
        Image.fromarray(picture).resize((width // 8, height // 8)).resize((width, height)).save(f"images/{name}.jpg", quality=40)
        file = io.BytesIO()
        Image.fromarray(classes).save(file, "PNG")
        maps.writestr(zipfile.ZipInfo(f"{name}.png", (2026, 1, 1, 0, 0, 0)), file.getvalue(), zipfile.ZIP_DEFLATED)

# Potsdam as the authors cut it: three tiles, of which one has no labels.
os.makedirs("imgs", exist_ok=True)
os.makedirs("gt", exist_ok=True)
rows, columns = np.mgrid[0:200, 0:200]
for number in range(3):
    classes = ((rows // 50 + columns // 100 + number) % 6).astype(np.int32)
    picture = np.stack([classes * 40, classes * 20, rows // 2, 255 - classes * 40], 2).astype(np.uint8)
    savemat(f"imgs/{number}.mat", {"img": picture}, do_compression=True)
    if number < 2:
        savemat(f"gt/{number}.mat", {"gt": classes}, do_compression=True)

# Potsdam as it is published, smaller: 400 x 800 for two tiles of 200.
os.makedirs("4_Ortho_RGBIR", exist_ok=True)
os.makedirs("labels", exist_ok=True)
colours = np.array([[255, 255, 255], [0, 0, 255], [0, 255, 255], [0, 255, 0], [255, 255, 0], [255, 0, 0]], np.uint8)
rows, columns = np.mgrid[0:400, 0:800]
classes = (rows // 100 + columns // 200) % 6
infrared = (rows // 2 % 256).astype(np.uint8)
tifffile.imwrite("4_Ortho_RGBIR/top_potsdam_2_10_RGBIR.tif", np.dstack([colours[classes], infrared]), photometric="rgb",
                 compression="deflate")
tifffile.imwrite("labels/top_potsdam_2_10_label.tif", colours[classes], photometric="rgb", compression="deflate")
