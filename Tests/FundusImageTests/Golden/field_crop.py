#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The retina's round field found and cut out as a square, without what is written beside it: FrameLayout, RetinaField,
EdgeStrips and WritingOutsideField, written for reading; makes the golden files of FieldCropGoldenTests.

field-crop/NAME.jpg         a drawn picture, no photograph
field-crop/NAME.SIDE.ppm    its field cut out, at SIDE x SIDE pixels: Pillow's crop and resize
field-crop/rectangles.txt   a line each: NAME x y width height of what is cut out

Written with Pillow 13.0.0 and NumPy 2. Tolerance of the tests: 1 pixel in a rectangle; the pixels are equal.

Run: python3 field_crop.py, in this folder; python3 field_crop.py FILE… prints the rectangles of other pictures.
"""
import itertools
import pathlib
import sys

import numpy
from PIL import Image

SEARCH_SIDE = 256  # the longer side of the picture in which the field is looked for
SAMPLE_COUNT = 36  # border points of which every three propose a circle
FEWEST_POINTS = 12
LEAST_SUPPORT = 0.4
# Widths over heights of frames that somebody has squeezed into squares.
STRETCHES = [1, 1.06, 1.12, 1.18, 1.25, 4 / 3, 1.42, 1.5]
STRETCH_PENALTY = 0.1


def thumbnail(picture):
    width, height = picture.size
    longest = max(width, height)
    if longest <= SEARCH_SIDE:
        return picture
    sides = [max(1, round(side * SEARCH_SIDE / longest)) for side in (width, height)]
    return picture.resize(sides, Image.BILINEAR)


def neighborhood(mask, combine, beyond):
    """Each pixel combined with the eight around it; `beyond` stands for what lies outside the frame."""
    height, width = mask.shape
    framed = numpy.pad(mask, 1, constant_values=beyond)
    shifted = [framed[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return combine.reduce(shifted)


def opened(mask):
    """Without what no square of 3x3 pixels fits into."""
    eroded = neighborhood(mask, numpy.logical_and, True)
    return neighborhood(eroded, numpy.logical_or, False)


def largest_part(mask):
    """The largest set of pixels that hang together by their sides."""
    open_, best = set(zip(*numpy.nonzero(mask))), []
    for seed in sorted(open_):
        if seed not in open_:
            continue
        open_.discard(seed)
        part = [seed]
        for y, x in part:
            for neighbor in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if neighbor in open_:
                    open_.discard(neighbor)
                    part.append(neighbor)
        if len(part) > len(best):
            best = part
    result = numpy.zeros(mask.shape, bool)
    if best:
        result[tuple(zip(*best))] = True
    return result


def corner_level(brightness):
    """What the black around the field looks like: the second darkest corner, or what is darkest where all corners are lit."""
    k = max(min(brightness.shape) // 24, 1)
    corners = [brightness[y, x].mean() for y in (slice(k), slice(-k, None)) for x in (slice(k), slice(-k, None))]
    darkest = numpy.sort(brightness, axis=None)[int(0.02 * brightness.size)]
    corner = sorted(corners)[1]
    return darkest if corner > darkest + 40 else corner


def lit_part(brightness):
    surround = corner_level(brightness)
    lit = brightness[brightness > surround + 6]
    if lit.size == 0 or lit.size < 0.02 * brightness.size:
        return None
    level = surround + max(6, 0.25 * (numpy.median(lit) - surround))
    part = largest_part(opened(brightness > level))
    return part if part.sum() > 0 and part.sum() >= 0.03 * brightness.size else None


def border_points(part):
    """Outer edges of each row's, then each column's first and last pixel, but for those at the frame."""
    height, width = part.shape
    margin = max(2, max(width, height) // 64)
    points = []
    for y in range(height):
        row = numpy.nonzero(part[y])[0]
        if row.size and row[0] >= margin:
            points.append((row[0], y + 0.5))
        if row.size and row[-1] < width - margin:
            points.append((row[-1] + 1, y + 0.5))
    for x in range(width):
        column = numpy.nonzero(part[:, x])[0]
        if column.size and column[0] >= margin:
            points.append((x + 0.5, column[0]))
        if column.size and column[-1] < height - margin:
            points.append((x + 0.5, column[-1] + 1))
    return numpy.array(points, float)


def thickness(lines):
    """Lines of pixels from an edge inwards: how many of them belong to a strip, the one in which it ends included."""
    level = None
    for place in range(int(numpy.ceil(0.25 * len(lines)))):
        median = numpy.sort(lines[place], axis=0)[len(lines[place]) // 2]
        uniform = (numpy.abs(lines[place] - median).max(1) <= 14).mean()
        if median.max() > 60 and median.max() - median.min() <= 24 and uniform >= 0.5:
            level = median.max()
            continue
        if level is None:
            return 0
        behind = lines[min(place + 1, len(lines) - 1)]
        return place + 1 if level - numpy.sort(behind, axis=0)[len(behind) // 2].max() > 40 else 0
    return 0


def inner(pixels):
    """left, top, right, bottom of what lies between gray or white strips at the edges."""
    height, width, _ = pixels.shape
    columns = pixels.transpose(1, 0, 2)
    left, right = thickness(columns), thickness(columns[::-1])
    top, bottom = thickness(pixels), thickness(pixels[::-1])
    return left, top, width - right, height - bottom


class Layout:
    """What lies where in a picture's whole frame."""

    def __init__(self, picture):
        self.size = picture.size
        small = numpy.asarray(thumbnail(picture)).astype(int)
        self.scale = max(picture.size) / max(small.shape[:2])
        self.left, self.top, right, bottom = inner(small)
        self.has_strips = (self.left, self.top, right, bottom) != (0, 0, small.shape[1], small.shape[0])
        across, down = picture.width / small.shape[1], picture.height / small.shape[0]
        self.pixel = across, down
        self.inner = [int(numpy.ceil(self.left * across)), int(numpy.ceil(self.top * down)), int(right * across), int(bottom * down)]
        small = small[self.top : bottom, self.left : right]
        if self.has_strips:
            is_square = abs(small.shape[0] - small.shape[1]) <= 2
        else:
            is_square = small.shape[0] == small.shape[1] and picture.width == picture.height
        self.found = find(small, is_square)
        self.writing, self.surround = self.beside(small)

    @property
    def field(self):
        """x, y, radius in pixels of the picture, support, stretch; None where no circle is seen."""
        if self.found is None:
            return None
        x, y, radius, support, stretch = self.found
        scale = self.scale
        return (x + self.left) * scale, (y + self.top) * scale, radius * scale, support, stretch

    def beside(self, small):
        """Where something is lit beside the field, and the color of what is dark there."""
        height, width, _ = small.shape
        nothing = numpy.zeros((height, width), bool), [0, 0, 0]
        if self.found is None or self.found[3] < 0.6:
            return nothing
        x, y, radius, _, stretch = self.found
        v, u = numpy.mgrid[0:height, 0:width] + 0.5
        away = numpy.hypot((u - x) * stretch, v - y)
        brightness = small.max(2)
        lit = brightness > corner_level(brightness) + 40
        beyond = away > 1.04 * radius + 2
        if not 6 <= (lit & beyond).sum() <= 0.4 * beyond.sum():
            return nothing
        dark = small[beyond & ~lit]
        surround = dark.sum(0) // max(len(dark), 1)
        spread = lit & beyond
        for _ in range(4):
            spread = neighborhood(spread, numpy.logical_or, False)
        return spread & (away > 1.02 * radius + 1), list(surround)

    def without_writing(self, picture, rectangle):
        """A picture of a part of the frame, with the surround's color where writing is."""
        pixels = numpy.asarray(picture).copy()
        x, y, width, height = rectangle
        u = x + (numpy.arange(picture.width) + 0.5) * (width / picture.width)
        v = y + (numpy.arange(picture.height) + 0.5) * (height / picture.height)
        left, top, right, bottom = self.inner
        outside = ~((u >= left) & (u < right))[None] | ~((v >= top) & (v < bottom))[:, None]
        columns = numpy.trunc(u / self.pixel[0]).astype(int) - self.left
        rows = numpy.trunc(v / self.pixel[1]).astype(int) - self.top
        seen = ((rows >= 0) & (rows < self.writing.shape[0]))[:, None] & ((columns >= 0) & (columns < self.writing.shape[1]))
        marked = self.writing[rows.clip(0, self.writing.shape[0] - 1)][:, columns.clip(0, self.writing.shape[1] - 1)]
        if self.has_strips or self.writing.any():
            pixels[outside | (marked & seen)] = self.surround
        return Image.fromarray(pixels)


def find(small, is_square):
    """x, y, radius in pixels of the small picture, support, stretch; None where no circle is seen."""
    brightness = small.max(2)
    height, width = brightness.shape
    longest = max(width, height)
    part = lit_part(brightness)
    if part is None:
        return None
    points = border_points(part)
    if len(points) < FEWEST_POINTS:
        return None
    center_y, center_x = [places.mean() for places in numpy.nonzero(part)]
    best = None
    for stretch in STRETCHES if is_square else [1]:
        circle = fit(points * [stretch, 1], (center_x * stretch, center_y), width * stretch, height, longest)
        if circle is None:
            continue
        x, y, radius, support = circle
        support -= STRETCH_PENALTY * (stretch != 1)
        if best is None or support > best[3]:
            best = (x / stretch, y, radius, support, stretch)
    return best


def fit(points, center, width, height, longest):
    angles = numpy.arctan2(points[:, 1] - center[1], points[:, 0] - center[0])
    order = numpy.argsort(angles, kind="stable")
    ranks = numpy.linspace(0, len(points) - 1, min(SAMPLE_COUNT, len(points))).round().astype(int)
    sample = points[order[ranks]]
    tolerance = max(1.0, 0.012 * longest)
    circle = proposal(sample, width, height, longest, tolerance)
    for _ in range(2):
        if circle is None:
            return None
        circle = least_squares(points[distances(points, circle) < tolerance])
    if circle is None:
        return None
    misses = distances(sample, circle) / (1.5 * tolerance)
    return *circle, numpy.maximum(0, 1 - misses**2).mean()


def distances(points, circle):
    return numpy.abs(numpy.hypot(points[:, 0] - circle[0], points[:, 1] - circle[1]) - circle[2])


def proposal(sample, width, height, longest, tolerance):
    """Of the circles through any three points the one near most of them."""
    triples = numpy.array(list(itertools.combinations(range(len(sample)), 3)))
    a, b, c = (sample[triples[:, i]] for i in range(3))
    area = 2 * (a[:, 0] * (b[:, 1] - c[:, 1]) + b[:, 0] * (c[:, 1] - a[:, 1]) + c[:, 0] * (a[:, 1] - b[:, 1]))
    fits = numpy.abs(area) > 1e-6
    area = numpy.where(fits, area, 1)
    aa, bb, cc = ((p**2).sum(1) for p in (a, b, c))
    x = (aa * (b[:, 1] - c[:, 1]) + bb * (c[:, 1] - a[:, 1]) + cc * (a[:, 1] - b[:, 1])) / area
    y = (aa * (c[:, 0] - b[:, 0]) + bb * (a[:, 0] - c[:, 0]) + cc * (b[:, 0] - a[:, 0])) / area
    radius = numpy.hypot(a[:, 0] - x, a[:, 1] - y)
    fits &= (radius > 0.15 * longest) & (radius < 0.9 * longest) & (x > 0) & (x < width) & (y > 0) & (y < height)
    if not fits.any():
        return None
    x, y, radius = x[fits], y[fits], radius[fits]
    away = numpy.hypot(sample[None, :, 0] - x[:, None], sample[None, :, 1] - y[:, None])
    score = numpy.maximum(0, 1 - numpy.abs(away - radius[:, None]) / tolerance).sum(1)
    best = numpy.argmax(score)
    return x[best], y[best], radius[best]


def least_squares(points):
    if len(points) < FEWEST_POINTS:
        return None
    system = numpy.c_[2 * points, numpy.ones(len(points))]
    x, y, rest = numpy.linalg.lstsq(system, (points**2).sum(1), rcond=None)[0]
    return x, y, numpy.sqrt(max(rest + x * x + y * y, 0))


def rectangle(layout):
    """x, y, width, height of what is cut out; it may reach beyond the frame."""
    left, top, right, bottom = layout.inner
    width, height = right - left, bottom - top
    longest = max(width, height)
    field = layout.field
    if field is None or field[3] < LEAST_SUPPORT or not 0.15 * longest < field[2] < 0.9 * longest:
        return left + round((width - longest) / 2), top + round((height - longest) / 2), longest, longest
    x, y, radius, _, stretch = field
    across = radius / stretch
    return round(x - across), round(y - radius), round(2 * across), round(2 * radius)


def cut_out(picture, side):
    layout = Layout(picture)
    part = rectangle(layout)
    x, y, width, height = part
    square = Image.new("RGB", (width, height))
    square.paste(picture, (-x, -y))
    return layout.without_writing(square.resize((side, side), Image.BILINEAR), part)


def drawn(width, height, x, y, radius, notch=False, strip=None, frame=None, writing=None, squeezed=None, seed=1):
    """An orange disc with a bright one and dark lines in it, on noisy black."""
    generator = numpy.random.default_rng(seed)
    v, u = numpy.mgrid[0:height, 0:width] + 0.5
    away = numpy.hypot(u - x, v - y) / radius
    pixels = numpy.zeros((height, width, 3))
    pixels[away < 1] = [195, 100, 48]
    pixels[numpy.hypot(u - x - 0.5 * radius, v - y) < 0.15 * radius] = [250, 215, 150]
    pixels[(away < 0.95) & (numpy.abs(numpy.sin(9 * (u + v) / radius)) < 0.1)] = [115, 30, 22]
    pixels *= (1 - 0.4 * away**2).clip(0, 1)[..., None]
    if notch:
        pixels[numpy.hypot(u - x - radius, v - y) < 0.1 * radius] = [195, 100, 48]
    if strip:
        pixels[:strip] = [230, 230, 230]
    if frame:
        pixels[numpy.minimum(numpy.minimum(u, width - u), numpy.minimum(v, height - v)) < frame] = [250, 250, 250]
    if writing == "corners":
        for corner_y in (slice(0, 20), slice(-20, None)):
            for corner_x in (slice(0, 20), slice(-20, None)):
                pixels[corner_y, corner_x] = [255, 255, 255]
    elif writing:
        left, top = writing
        pixels[top : top + 14, left : left + 40][:, numpy.arange(40) % 5 < 2] = [240, 240, 240]
    pixels += numpy.abs(generator.normal(0, 2, pixels.shape))
    picture = Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))
    return picture.resize(squeezed, Image.BILINEAR) if squeezed else picture


# The side that the cut-out field is brought to, and the picture.
CASES = {
    "centered": (48, drawn(200, 200, 100, 100, 90)),
    "wide-notched": (40, drawn(301, 200, 140, 104, 88, notch=True)),
    "cut-above-below": (33, drawn(250, 180, 127, 91, 110)),
    "beyond-the-corner": (64, drawn(180, 210, 60, 70, 100)),
    "strip": (32, drawn(240, 260, 118, 150, 85, strip=30)),
    "frame": (44, drawn(330, 260, 165, 128, 105, frame=11)),
    "writing": (52, drawn(300, 250, 150, 125, 118, writing=(4, 3))),
    "corners": (50, drawn(280, 280, 140, 140, 132, writing="corners")),
    "writing-large": (48, drawn(900, 700, 450, 350, 335, writing=(20, 30))),
    "squeezed": (47, drawn(320, 240, 160, 120, 112, squeezed=(240, 240))),
    "no-field": (20, Image.fromarray(numpy.full((90, 131, 3), 140, numpy.uint8))),
    "large": (48, drawn(1100, 800, 560, 390, 370)),
}


def make():
    folder = pathlib.Path(__file__).parent / "field-crop"
    lines = []
    for name, (side, picture) in CASES.items():
        file = folder / f"{name}.jpg"
        picture.save(file, "JPEG", quality=80)
        picture = Image.open(file).convert("RGB")
        lines.append(" ".join([name, *map(str, rectangle(Layout(picture)))]))
        cut_out(picture, side).save(folder / f"{name}.{side}.ppm")
    (folder / "rectangles.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for file in sys.argv[1:]:
        print(file, *rectangle(Layout(Image.open(file).convert("RGB"))))
    if len(sys.argv) == 1:
        make()
