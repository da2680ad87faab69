"""The same update as daemons/gas/plume in NumPy: reads one JSON line with grid, options and rows, answers with seconds a row.

What is compared is the whole update of every hypothesis: response of each look, closed-form rate and backgrounds, likelihood,
sums. Vectorised over cells and shapes, as one would write it; one thread.
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np

STEP, REACH, PER = 0.5, 5.0, 64
T = (np.arange(2 * REACH * PER + 1) - REACH * PER) / PER
PDF = np.exp(-0.5 * T * T) / np.sqrt(2 * np.pi)
CDF = np.concatenate([[0.0], np.cumsum(0.5 * (PDF[1:] + PDF[:-1]) / PER)])


def pieces(look, e, n):
    at, to = look["at"], look["to"] or look["at"]
    a, b = np.array([at["x"], at["y"], at["z"]]), np.array([to["x"], to["y"], to["z"]])
    count = max(1, int(np.ceil(np.linalg.norm(b - a) / 4)))
    for i in range(count):
        p, q = a + (b - a) * i / count, a + (b - a) * (i + 1) / count
        yield p[0] * e + p[1] * n, p[1] * e - p[0] * n, q[0] * e + q[1] * n, q[1] * e - q[0] * n, (p[2] + q[2]) / 2, 1 / count


def respond(x, y, o, row):
    wind, shapes, askew = row["wind"], o["shapes"], o["askew"]
    out = np.zeros((len(row["looks"]), x.size, len(askew), len(shapes)))
    across = np.array([s["across"] for s in shapes])[None, :]
    up = np.array([s["up"] for s in shapes])[None, :]
    swing2 = np.radians(o["directionSdDeg"]) ** 2 + (o["apart"] * wind["tanH"]) ** 2
    for a, k in enumerate(askew):
        turn = np.radians(wind["fromDeg"] + k["deg"])
        e, n = -np.sin(turn), -np.cos(turn)
        along, side = x * e + y * n, y * e - x * n
        for l, look in enumerate(row["looks"]):
            for a0, c0, a1, c1, z, share in pieces(look, e, n):
                d = 0.5 * (a0 + a1) - along
                y0, y1 = c0 - side, c1 - side
                # Only the cells that the piece can see: an upper bound on sigma across, with 5 of them to either side.
                widest = REACH * np.sqrt((1.4 * wind["tanH"] * d) ** 2 + swing2 * d * d + o["cellM"] ** 2 / 12)
                seen = np.flatnonzero((d > 0) & ~((y0 > widest) & (y1 > widest)) & ~((y0 < -widest) & (y1 < -widest)))
                if seen.size == 0:
                    continue
                d = d[seen, None]
                f = 1 / (1 + 0.9 * np.sqrt(d / wind["speedMs"] / 1000))
                sy = np.sqrt((across * wind["tanH"] * d * f) ** 2 + swing2 * d * d + o["cellM"] ** 2 / 12)
                sz = np.sqrt((up * wind["tanV"] * d) ** 2 + 0.09)
                h = o["sourceM"]
                vertical = (np.exp(-0.5 * ((z - h) / sz) ** 2) + np.exp(-0.5 * ((z + h) / sz) ** 2)) / (np.sqrt(2 * np.pi) * sz)
                t0, t1 = y0[seen, None] / sy, y1[seen, None] / sy
                if look["to"]:
                    gap = t1 - t0
                    tight = np.abs(gap) < 1e-3
                    mean = np.where(
                        tight,
                        np.interp(t0, T, PDF),
                        (np.interp(t1, T, CDF) - np.interp(t0, T, CDF)) / np.where(tight, 1, gap),
                    )
                else:
                    mean = np.exp(-0.5 * t0 * t0) / np.sqrt(2 * np.pi)
                out[l, seen, a, :] += share / wind["speedMs"] * mean * vertical / sy
    return out.reshape(len(row["looks"]), -1)


class Filter:
    def __init__(self, o, x, y):
        self.o, self.x, self.y = o, np.array(x), np.array(y)
        self.h = self.x.size * len(o["shapes"]) * len(o["askew"])
        self.n = self.v = self.g = self.c = self.s = self.before = None
        self.fit, self.squares, self.looks, self.last = np.zeros(self.h), np.zeros(self.h), 0, None
        self.top, self.bottom, self.least = np.zeros(self.h), np.zeros(self.h), None

    def add(self, row):
        o, k = self.o, len(row["looks"])
        if self.n is None:
            self.n, self.v, self.g, self.c, self.s, self.before = (np.zeros((k, self.h)) for _ in range(6))
        response = respond(self.x, self.y, o, row)
        values = np.array([look["value"] for look in row["looks"]])
        carried = 0.0 if self.last is None else np.exp(-(row["atS"] - self.last[0]) / o["residualS"])
        white = values - (carried * self.last[1] if self.last else 0.0)
        variance = (4 * o["noise"] ** 2 + self.squares) / (4 + self.looks)
        ridge = variance / o["offsetSd"] ** 2
        shrunk = 1 / (self.n + ridge)
        left = ridge * shrunk
        qq = variance / o["rateSd"] ** 2 + (self.s - self.g**2 * shrunk).sum(0)
        qb, bb = (self.g * left).sum(0), 1e-6 + (self.n * left).sum(0)
        q, b = (self.c - self.g * self.v * shrunk).sum(0), (self.v * left).sum(0)
        free = qq - qb * qb / bb
        rate = np.maximum(0, (q - qb * b / bb) / free)
        base = (b - qb * rate) / bb
        own = (self.v - rate * self.g - base * self.n) * shrunk
        moved = response - carried * self.before
        unit = 1 - carried
        error = white[:, None] - rate * moved - (base + own) * unit
        called = np.maximum(rate, np.minimum(o["rateSd"], self.top / (self.bottom + 1e-12)))
        spread = variance + (o["modelError"] * called * response) ** 2
        foretold = spread + variance * (unit * unit * (shrunk + 1 / bb) + moved * moved / free)
        self.fit -= 0.5 * k ** -o["sharing"] * (5 * np.log1p(error**2 / (4 * foretold)) + np.log(foretold)).sum(0)
        weight = 5 * variance / (4 * spread + error**2)
        self.squares += (weight * error**2).sum(0)
        self.n += weight * unit * unit
        self.v += weight * unit * white[:, None]
        self.g += weight * unit * moved
        self.c += weight * moved * white[:, None]
        self.s += weight * moved * moved
        self.before = response
        self.least = values if self.least is None else np.minimum(self.least, values)
        self.top += (response * (values - self.least)[:, None]).sum(0)
        self.bottom += (response * response).sum(0)
        self.looks += k
        self.last = (row["atS"], values)


for line in sys.stdin:
    task = json.loads(line)
    filter_ = Filter(task["options"], task["x"], task["y"])
    begin = time.process_time()
    for row in task["rows"]:
        filter_.add(row)
    spent = (time.process_time() - begin) / len(task["rows"])
    best = int(np.argmax(filter_.fit))
    print(json.dumps({"seconds": spent, "best": best, "fit": filter_.fit[best]}), flush=True)
