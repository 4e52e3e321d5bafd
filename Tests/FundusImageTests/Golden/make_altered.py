# SPDX-License-Identifier: Apache-2.0
"""Writes altered.bin: pictures altered by other programs' parts, end to end, for CameraAlterationTests.swift.

Made with PyTorch 2.15 (`grid_sample`: geometry), SciPy 1.17 (`gaussian_filter`: blur), the standard library's `NormalDist`
(noise) and Pillow 13.0.0 (JPEG), all else with NumPy 2.4, in double precision. Tolerance: 1 of 255, for float beside double and
what lies halfway between two whole numbers. JPEG stands by itself: it would carry such a difference on over a block.
The pictures follow from SplitMix64 (Steele, Lea, Flood 2014), seeded with width · 1000 + height: a disc of random
samples of 0…220 on black, rows from the top, red, green, blue.

    python Tests/FundusImageTests/Golden/make_altered.py
"""
import io
import math
import pathlib
from statistics import NormalDist

import numpy
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

# Width, height, and what differs from no alteration; the same table stands in the test.
CASES = [
    (33, 33, dict(flip=(True, False))),
    (33, 31, dict(flip=(False, True), angle=90.0)),
    (40, 24, dict(angle=37.5)),
    (33, 33, dict(scale=0.88, shift=(0.05, -0.03))),
    (31, 47, dict(angle=200.0, scale=1.14, stretch=0.03, flip=(True, False))),
    (33, 33, dict(temperature=0.12)),
    (33, 33, dict(gains=(0.92, 1.08, 1.03), brightness=1.3)),
    (33, 33, dict(contrast=0.8)),
    (33, 33, dict(contrast=1.25, brightness=0.75)),
    (33, 33, dict(gamma=0.75)),
    (33, 33, dict(gamma=1.33)),
    (33, 33, dict(saturation=0.7)),
    (33, 33, dict(saturation=1.3)),
    (47, 31, dict(vignette=-0.35)),
    (33, 33, dict(vignette=0.35)),
    (47, 31, dict(blur=9.0)),
    (33, 33, dict(noise=6.0, seed=99)),
    (33, 31, dict(quality=40)),
    (97, 97, dict(quality=95)),
    (97, 97, dict(flip=(True, True), angle=301.25, scale=0.95, shift=(-0.02, 0.04), stretch=-0.02, temperature=-0.06,
                  gains=(1.04, 0.97, 1.01), brightness=1.1, contrast=0.9, gamma=1.1, saturation=1.2, vignette=-0.2, blur=2.5,
                  noise=3.0, seed=12345)),
]
PART = dict(flip=(False, False), angle=0.0, scale=1.0, shift=(0.0, 0.0), stretch=0.0, temperature=0.0, gains=(1.0, 1.0, 1.0),
            brightness=1.0, contrast=1.0, gamma=1.0, saturation=1.0, vignette=0.0, blur=0.0, noise=0.0, seed=0, quality=None)
LUMINANCE = numpy.array([0.299, 0.587, 0.114])


def numbers(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        yield z ^ (z >> 31)


def picture(width, height):
    stream = numbers(width * 1000 + height)
    samples = numpy.array([(next(stream) >> 56) * 220 // 255 for _ in range(3 * width * height)], dtype=float)
    x, y, _ = places(width, height)
    return samples.reshape(height, width, 3) * (4 * (x * x + y * y) < min(width, height) ** 2)[..., None]


def places(width, height):
    y, x = numpy.mgrid[:height, :width]
    x, y = x - (width - 1) / 2, y - (height - 1) / 2
    return x, y, (x * x + y * y) / (min(width, height) / 2) ** 2


def moved(samples, part):
    height, width, _ = samples.shape
    angle = math.radians(part["angle"])
    # From the source to the result, y downward; grid_sample wants the way back.
    flip = numpy.diag([-1.0 if flipped else 1.0 for flipped in part["flip"]])
    turn = numpy.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    stretch = numpy.diag([(1 + part["stretch"]) ** 0.5, (1 + part["stretch"]) ** -0.5])
    back = numpy.linalg.inv(stretch @ turn @ (part["scale"] * flip))
    x, y, _ = places(width, height)
    asked = numpy.stack([x - part["shift"][0] * width, y - part["shift"][1] * height], axis=-1) @ back.T
    grid = torch.from_numpy(2 * asked / [width, height])[None]
    planes = torch.from_numpy(samples.transpose(2, 0, 1))[None]
    found = torch.nn.functional.grid_sample(planes, grid, "bilinear", "zeros", align_corners=False)
    return found[0].numpy().transpose(1, 2, 0)


def altered(width, height, changes):
    part = PART | changes
    work = picture(width, height)
    if part["contrast"] != 1:
        mean = (work @ LUMINANCE)[work.max(axis=-1) > 16].mean()
        tone = lambda level: numpy.maximum(0, mean + part["contrast"] * (level - mean))
        work = numpy.where(work < 16, tone(16) * work / 16, tone(work))
    work = 255 * (work / 255) ** part["gamma"]
    gains = numpy.array(part["gains"]) * [1 + part["temperature"], 1, 1 - part["temperature"]]
    work = numpy.minimum(255, work * gains * part["brightness"])
    work = moved(work, part)
    if part["blur"]:
        deviation = part["blur"] * min(width, height) / 320
        reach = max(1, math.ceil(3 * deviation))
        work = gaussian_filter(work, deviation, mode="nearest", radius=reach, axes=(0, 1))
    work = work * (1 + part["vignette"] * numpy.minimum(1, places(width, height)[2]))[..., None]
    gray = (work @ LUMINANCE)[..., None]
    work = gray + part["saturation"] * (work - gray)
    stream = numbers(part["seed"])
    drawn = [[number >> 52, number >> 40 & 4095, number >> 28 & 4095] for _, number in zip(range(width * height), stream)]
    quantiles = numpy.array([NormalDist().inv_cdf((k + 0.5) / 4096) for k in range(4096)])
    light = numpy.clip(work.max(axis=-1) / 16, 0, 1)[..., None]
    work = work + part["noise"] * light * quantiles[numpy.array(drawn)].reshape(height, width, 3)
    result = Image.fromarray(numpy.floor(numpy.clip(work, 0, 255) + 0.5).astype(numpy.uint8))
    if part["quality"]:
        file = io.BytesIO()
        result.save(file, "JPEG", quality=part["quality"], subsampling="4:2:0")
        result = Image.open(file)
    return result.tobytes()


path = pathlib.Path(__file__).with_name("altered.bin")
path.write_bytes(b"".join(altered(*case) for case in CASES))
