#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files of PNGDecoderTests: small PNGs of every kind, and the pixels that Pillow makes of them.

png/NAME.png        the input, of generated content (no photograph); written by this script, chunk by chunk, since Pillow writes
                    neither interlaced files nor most depths
png/NAME.ppm        Image.open(NAME.png).convert("RGB"), which torchvision's ImageFolder sees: transparency, gamma and color
                    profiles change nothing
png/NAME.32x32.ppm  the same, resized by .resize((32, 32), BILINEAR); of a few

16 bits of gray are the exception: Pillow 13 makes 255 of every value above 255, so that all but the black is white (its I;16 to
RGB). There the upper byte is taken, as Pillow itself does of 16 bits of color.

Written with Pillow 13.0.0 and NumPy. Tolerance of the tests: none, every pixel is equal.

Run: python3 make_png.py, in this folder.
"""
import io
import pathlib
import struct
import zlib

import numpy
from PIL import Image

from make_golden import scene

HERE = pathlib.Path(__file__).parent / "png"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
RESIZED = {"gray-16", "rgb-8", "palette-4-interlaced", "one-pixel-interlaced"}
# First column, first row, steps across and down of each pass (Adam7).
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(row, depth):
    """Samples of a row as bytes, the first one in the upper bits."""
    samples = row.reshape(-1)
    if depth == 16:
        return samples.astype(">u2").tobytes()
    if depth == 8:
        return samples.astype(numpy.uint8).tobytes()
    bits = (samples[:, None] >> numpy.arange(depth)[::-1]) & 1
    return numpy.packbits(bits.astype(numpy.uint8).reshape(-1)).tobytes()


def filtered(rows, kind, step):
    """Every row by another filter (None, Sub, Up, Average, Paeth), beginning with one."""
    out, before = b"", None
    for number, row in enumerate(rows):
        before = before if before is not None and len(before) == len(row) else bytes(len(row))
        kind_here = (kind + number) % 5
        coded = bytearray()
        for i, value in enumerate(row):
            left = row[i - step] if i >= step else 0
            corner = before[i - step] if i >= step else 0
            up = before[i]
            paeth = min((left, up, corner), key=lambda p: abs(left + up - corner - p))
            coded.append((value - [0, left, up, (left + up) // 2, paeth][kind_here]) % 256)
        out += bytes([kind_here]) + coded
        before = row
    return out


def png(samples, color, depth, interlaced=False, before=(), after=(), idat=1000):
    """[height, width, channels] samples as a PNG; `before` and `after` the pixels are other chunks."""
    height, width = samples.shape[:2]
    step = max(1, CHANNELS[color] * depth // 8)
    data = b""
    for x, y, across, down in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::down, x::across]
        if part.size:
            data += filtered([packed(row, depth) for row in part], 1, step)
    coded = zlib.compress(data, 9)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    pieces = [chunk(b"IDAT", coded[i : i + idat]) for i in range(0, len(coded), idat)]
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join([*before, *pieces, *after]) + chunk(b"IEND", b"")


def write(name, data, upper_byte_of=None):
    (HERE / f"{name}.png").write_bytes(data)
    if upper_byte_of is None:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
    else:
        picture = Image.fromarray((upper_byte_of >> 8).astype(numpy.uint8)).convert("RGB")
    picture.save(HERE / f"{name}.ppm")
    if name in RESIZED:
        picture.resize((32, 32), Image.Resampling.BILINEAR).save(HERE / f"{name}.32x32.ppm")


def exif(orientation):
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return chunk(b"eXIf", b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4))


def main():
    HERE.mkdir(exist_ok=True)
    generator = numpy.random.default_rng(7)
    width, height = 21, 17
    rgb8 = numpy.asarray(scene(width, height)).astype(numpy.int64)
    rgb16 = rgb8 * 256 + generator.integers(0, 256, rgb8.shape)
    gray8, gray16 = rgb8[:, :, 1:2], rgb16[:, :, 1:2]
    alpha8 = generator.integers(0, 256, (height, width, 1))
    alpha16 = generator.integers(0, 65536, (height, width, 1))
    kinds = [
        ("gray-1", gray8 >> 7, GRAY, 1), ("gray-2", gray8 >> 6, GRAY, 2), ("gray-4", gray8 >> 4, GRAY, 4),
        ("gray-8", gray8, GRAY, 8), ("gray-16", gray16, GRAY, 16),
        ("rgb-8", rgb8, RGB, 8), ("rgb-16", rgb16, RGB, 16),
        ("gray-alpha-8", numpy.concatenate([gray8, alpha8], 2), GRAY_ALPHA, 8),
        ("gray-alpha-16", numpy.concatenate([gray16, alpha16], 2), GRAY_ALPHA, 16),
        ("rgba-8", numpy.concatenate([rgb8, alpha8], 2), RGBA, 8),
        ("rgba-16", numpy.concatenate([rgb16, alpha16], 2), RGBA, 16),
    ]
    for depth in [1, 2, 4, 8]:
        colors = generator.integers(0, 256, (2**depth, 3)).astype(numpy.uint8)
        kinds.append((f"palette-{depth}", gray8 >> (8 - depth), PALETTE, depth, (chunk(b"PLTE", colors.tobytes()),)))
    for name, samples, color, depth, *before in kinds:
        upper = samples[:, :, 0] if name == "gray-16" else None
        for interlaced in [False, True]:
            data = png(samples, color, depth, interlaced, before[0] if before else ())
            write(name + ("-interlaced" if interlaced else ""), data, upper)
    # Smaller than the passes.
    write("one-pixel-interlaced", png(rgb8[:1, :1], RGB, 8, True))
    write("three-by-two-interlaced", png(rgb8[:2, :3], RGB, 8, True))
    ancillary = [
        chunk(b"gAMA", struct.pack(">I", 220000)), chunk(b"tRNS", struct.pack(">HHH", *rgb8[0, 0])),
        chunk(b"tEXt", b"Comment\0" + b"x" * 3000), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100000))),
        chunk(b"iCCP", b"none\0\0" + zlib.compress(b"no profile")), chunk(b"prIv", b"unknown"),
    ]
    write("rgb-with-everything", png(rgb8, RGB, 8, before=ancillary, after=[chunk(b"tIME", bytes(7))]))
    colors = generator.integers(0, 256, (256, 3)).astype(numpy.uint8).tobytes()
    transparent = [chunk(b"PLTE", colors), chunk(b"tRNS", bytes(range(0, 200)))]
    write("palette-transparent", png(gray8, PALETTE, 8, before=transparent))
    # Turned by who shows them; Pillow's convert does not.
    write("orientation-6", png(rgb8, RGB, 8, before=[exif(6)]))
    write("orientation-6-behind", png(rgb8, RGB, 8, after=[exif(6)]))


if __name__ == "__main__":
    main()
