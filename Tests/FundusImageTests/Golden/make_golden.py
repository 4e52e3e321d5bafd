#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files of FundusImageTests: small JPEGs, and the pixels that Pillow makes of them.

NAME.jpg      the input, of generated content (no photograph)
NAME.WxH.ppm  Image.open(NAME.jpg).convert("RGB").resize((W, H), BILINEAR); WxH is the JPEG's own size for plain decoding
NAME.WxH.scaled.ppm  the same after draft(), which has libjpeg decode at 1/2, 1/4 or 1/8; box names what part of the last pixel
              the picture covers

Written with Pillow 13.0.0 (bundled libjpeg-turbo 3.2.0), NumPy and cjpeg 2.1.5 (package libjpeg-turbo-progs; Pillow
cannot write 4:4:0 and 4:1:1). Tolerance of the tests: none, every pixel is equal; 1 of 255 for 3x500, where Pillow 13 does the
vertical pass first (its pull request 9549) and earlier versions and we the horizontal one.

Run: python3 make_golden.py, in this folder.
"""
import io
import pathlib
import subprocess

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent


def scene(width, height, seed=1):
    """A smooth colored gradient with discs, lines and a little noise: something for every frequency."""
    generator = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    u, v = x / max(width - 1, 1), y / max(height - 1, 1)
    planes = [200 * u + 40 * v, 60 + 120 * v * (1 - u), 255 * (1 - v)]
    picture = numpy.stack(planes, axis=2)
    for _ in range(6):
        cx, cy, radius = generator.uniform(0, 1, 3) * [width, height, min(width, height) / 3 + 1]
        picture[(x - cx) ** 2 + (y - cy) ** 2 < radius**2] = generator.uniform(0, 255, 3)
    picture[(x + 2 * y).astype(int) % 37 == 0] = [250, 240, 10]
    picture += generator.normal(0, 4, picture.shape)
    return Image.fromarray(picture.clip(0, 255).astype(numpy.uint8))


def encode(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **{"quality": 85, **options})
    return stream.getvalue()


def cjpeg(picture, *options):
    stream = io.BytesIO()
    picture.save(stream, "PPM")
    command = ["cjpeg", "-quality", "85", *options]
    return subprocess.run(command, input=stream.getvalue(), stdout=subprocess.PIPE, check=True).stdout


def as_ycck(cmyk):
    """Says in the Adobe segment that the components are YCCK (transform 2): odd colors, a valid file."""
    at = cmyk.index(b"Adobe") + 11
    assert cmyk[at] == 0
    return cmyk[:at] + b"\x02" + cmyk[at + 1 :]


def write(name, jpeg, *sizes):
    (HERE / f"{name}.jpg").write_bytes(jpeg)
    picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    for width, height in sizes:
        resized = picture.resize((width, height), Image.Resampling.BILINEAR)
        resized.save(HERE / f"{name}.{width}x{height}.ppm")


def write_scaled(name, shrinkage, size):
    picture = Image.open(HERE / f"{name}.jpg")
    width, height = picture.size
    picture.draft(None, (width // shrinkage, height // shrinkage))
    assert picture.size == (-(-width // shrinkage), -(-height // shrinkage))
    box = (0, 0, width / shrinkage, height / shrinkage)
    resized = picture.convert("RGB").resize(size, Image.Resampling.BILINEAR, box=box)
    resized.save(HERE / f"{name}.{size[0]}x{size[1]}.scaled.ppm")


def main():
    small, odd = scene(64, 48), scene(61, 47)
    write("gray", encode(small.convert("L")), (32, 32), (64, 48))
    for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
        write(f"ycbcr-{name}", encode(odd, subsampling=subsampling), (32, 32), (61, 47))
    write("ycbcr-440", cjpeg(odd, "-sample", "1x2"), (32, 32), (61, 47))
    write("ycbcr-411", cjpeg(odd, "-sample", "4x1"), (32, 32), (61, 47))
    write("ycbcr-410", cjpeg(odd, "-sample", "4x2"), (32, 32))
    write("rgb", encode(small, keep_rgb=True), (32, 32))
    cmyk = encode(Image.merge("CMYK", [*odd.split(), scene(61, 47, seed=2).convert("L")]))
    write("cmyk", cmyk, (32, 32), (61, 47))
    write("ycck", as_ycck(cmyk), (32, 32), (61, 47))
    write("cmyk-progressive", encode(Image.open(io.BytesIO(cmyk)), progressive=True), (32, 32))
    write("progressive-420", encode(odd, progressive=True), (32, 32), (61, 47))
    write("progressive-444", encode(odd, progressive=True, subsampling=0), (32, 32))
    write("progressive-gray", encode(small.convert("L"), progressive=True), (32, 32))
    write("restart", cjpeg(odd, "-restart", "1B"), (32, 32))
    # Refused: no picture to compare with.
    (HERE / "arithmetic.jpg").write_bytes(cjpeg(odd, "-arithmetic"))
    write("one-scan-a-component", cjpeg(odd, "-scans", str(scans_file())), (32, 32), (61, 47))
    write("1x1", encode(scene(1, 1)), (1, 1), (32, 32))
    write("3x500", encode(scene(3, 500)), (32, 32))
    write("500x3", encode(scene(500, 3)), (32, 32))
    write("17x31", encode(scene(17, 31)), (32, 32))
    write("32x90", encode(scene(32, 90)), (32, 32))
    write("90x32", encode(scene(90, 32)), (32, 32), (7, 5), (1, 1))
    write("512x384", encode(scene(512, 384)), (224, 224))
    write("100x90", encode(scene(100, 90)), (224, 224))
    (HERE / "scans.txt").unlink()
    for name in ["ycbcr-420", "ycbcr-422", "ycbcr-444", "progressive-420", "rgb", "cmyk", "restart"]:
        write_scaled(name, 2, (5, 5))
    write_scaled("gray", 4, (4, 3))
    write_scaled("512x384", 2, (48, 40))
    write_scaled("512x384", 4, (31, 23))
    write_scaled("100x90", 8, (3, 2))
    write_scaled("100x90", 4, (5, 5))


def scans_file():
    path = HERE / "scans.txt"
    path.write_text("0;\n1;\n2;\n")
    return path


if __name__ == "__main__":
    main()
