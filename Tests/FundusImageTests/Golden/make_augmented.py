# SPDX-License-Identifier: Apache-2.0
"""Writes augmented.bin: pictures that Pillow altered, end to end, for PictureAugmentationTests.swift.

Made with Pillow 13.0.0. Every case is compared exactly. The pictures follow from SplitMix64 (Steele, Lea, Flood 2014),
seeded with width · 1000 + height: the top byte of each number is a sample, rows from the top, red, green, blue.

    python Tests/FundusImageTests/Golden/make_augmented.py
"""
import pathlib

from PIL import Image, ImageEnhance, ImageOps

# Width, height, flipped, angle, brightness, contrast; the same table stands in the test.
CASES = [
    (23, 17, False, 0, 1, 1), (23, 17, True, 0, 1, 1), (23, 17, False, 10, 1, 1), (23, 17, False, -7.3, 1, 1),
    (24, 24, True, 3.25, 1, 1), (1, 9, False, 5, 1, 1), (9, 1, True, -10, 1, 1), (23, 17, False, 0, 0.9, 1),
    (23, 17, False, 0, 1.1, 1), (23, 17, False, 0, 1, 0.9), (23, 17, False, 0, 1, 1.1), (31, 29, True, 9.99, 1.0625, 0.9375),
    (64, 64, True, -0.4, 0.953, 1.087),
]


def samples(width, height):
    state, out = width * 1000 + height, bytearray()
    for _ in range(3 * width * height):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        out.append((z ^ (z >> 31)) >> 56)
    return bytes(out)


def altered(width, height, flipped, angle, brightness, contrast):
    picture = Image.frombytes("RGB", (width, height), samples(width, height))
    if flipped:
        picture = ImageOps.mirror(picture)
    picture = picture.rotate(angle, Image.NEAREST)
    if brightness != 1:
        picture = ImageEnhance.Brightness(picture).enhance(brightness)
    if contrast != 1:
        picture = ImageEnhance.Contrast(picture).enhance(contrast)
    return picture.tobytes()


path = pathlib.Path(__file__).with_name("augmented.bin")
path.write_bytes(b"".join(altered(*case) for case in CASES))
