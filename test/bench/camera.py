"""Decode a JPEG, cut it into tiles of 224 with an overlap of 45 at least, and merge a box a tile: OpenCV, or Pillow."""
import json
import sys
import time

import numpy as np

try:
    import cv2

    cv2.setNumThreads(1)
    by = "OpenCV " + cv2.__version__

    def decode(data):
        return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
except ImportError:
    import io

    from PIL import Image, __version__

    by = "Pillow " + __version__

    def decode(data):
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


TILE, OVERLAP, IOS = 224, 45, 0.5


def starts(whole):
    if whole <= TILE:
        return [0]
    count = -(-(whole - OVERLAP) // (TILE - OVERLAP))
    return [int(i * (whole - TILE) / (count - 1) + 0.5) for i in range(count)]


def merge(boxes, scores):
    order = np.argsort(-scores, kind="stable")
    boxes, taken, kept = boxes[order].astype(float), np.zeros(len(order), bool), 0
    for i in range(len(order)):
        if taken[i]:
            continue
        kept += 1
        one = boxes[i].copy()
        for k in range(i + 1, len(order)):
            if taken[k]:
                continue
            other = boxes[k]
            w = min(one[2], other[2]) - max(one[0], other[0])
            h = min(one[3], other[3]) - max(one[1], other[1])
            if w <= 0 or h <= 0:
                continue
            least = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
            if w * h / least > IOS:
                taken[k] = True
                one[:2], one[2:] = np.minimum(one[:2], other[:2]), np.maximum(one[2:], other[2:])
    return kept


with open(sys.argv[1], "rb") as file:
    data = file.read()


def work():
    picture = decode(data)
    height, width = picture.shape[:2]
    boxes, scores = [], []
    for y in starts(height):
        for x in starts(width):
            tile = np.ascontiguousarray(picture[y : y + TILE, x : x + TILE])
            boxes.append((x, y, x + TILE, y + TILE))
            scores.append(tile[112, 112, 0] / 255)
    return len(boxes), merge(np.array(boxes), np.array(scores))


work()
begin = time.perf_counter()
tiles, merged = work()
print(json.dumps({"ms": 1000 * (time.perf_counter() - begin), "tiles": tiles, "merged": merged, "by": by}))
