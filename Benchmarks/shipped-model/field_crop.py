# SPDX-License-Identifier: Apache-2.0
"""`field-crop`: the retina's round field found, cut out as a square and resized; as Sources/FundusImage does it with pictures that have
no writing beside the field and no strips at their edges: none of those that are learned from has writing, few have strips.

A circle is looked for along the border of the largest lit part of a small copy: through each three of 36 border points, evenly
spaced by angle, goes a circle; the one that most of the points lie on is fitted to all points near it by least squares. Where the
picture is square somebody may have squeezed it, and ellipses of the usual proportions are tried as well.
"""
import itertools

import cv2
import numpy as np
from PIL import Image

SEARCH_SIDE = 256
SAMPLE_COUNT = 36
STRETCHES = [1, 1.06, 1.12, 1.18, 1.25, 4 / 3, 1.42, 1.5]
STRETCH_COST = 0.1
LEAST_SUPPORT = 0.4
RADII = (0.15, 0.9)
FEWEST_POINTS = 12


def small_copy(photograph):
    longest = max(photograph.size)
    if longest <= SEARCH_SIDE:
        return photograph
    size = [max(1, round(side * SEARCH_SIDE / longest)) for side in photograph.size]
    return photograph.resize(size, Image.BILINEAR)


def lit_part(brightness):
    """The largest lit part of a picture, or None."""
    height, width = brightness.shape
    side = max(min(height, width) // 24, 1)
    corners = [brightness[rows, columns].mean() for rows in (slice(side), slice(-side, None))
               for columns in (slice(side), slice(-side, None))]
    surround = sorted(corners)[1]
    lit = brightness[brightness > surround + 6]
    if lit.size < 0.02 * brightness.size:
        return None
    mask = (brightness > surround + max(6, 0.25 * (np.median(lit) - surround))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return None
    part = labels == 1 + int(np.argmax(statistics[1:, cv2.CC_STAT_AREA]))
    return part if part.sum() >= 0.03 * part.size else None


def border(part):
    """Where rows and columns enter and leave the part, but not at the picture's edge: [points, 2]."""
    height, width = part.shape
    edge = max(2, max(width, height) // 64)
    points = []
    for y in np.where(part.any(1))[0]:
        columns = np.where(part[y])[0]
        if columns[0] >= edge:
            points.append((columns[0], y + 0.5))
        if columns[-1] < width - edge:
            points.append((columns[-1] + 1, y + 0.5))
    for x in np.where(part.any(0))[0]:
        rows = np.where(part[:, x])[0]
        if rows[0] >= edge:
            points.append((x + 0.5, rows[0]))
        if rows[-1] < height - edge:
            points.append((x + 0.5, rows[-1] + 1))
    return np.array(points, float).reshape(-1, 2)


def circles_through(sample):
    """The circle through each three points: [triples] of x, y, radius, and whether there is one."""
    places = np.array(list(itertools.combinations(range(len(sample)), 3)))
    a, b, c = (sample[places[:, corner]] for corner in range(3))
    area = 2 * (a[:, 0] * (b[:, 1] - c[:, 1]) + b[:, 0] * (c[:, 1] - a[:, 1]) + c[:, 0] * (a[:, 1] - b[:, 1]))
    exists = np.abs(area) > 1e-6
    area = np.where(exists, area, 1)
    aa, bb, cc = ((points**2).sum(1) for points in (a, b, c))
    x = (aa * (b[:, 1] - c[:, 1]) + bb * (c[:, 1] - a[:, 1]) + cc * (a[:, 1] - b[:, 1])) / area
    y = (aa * (c[:, 0] - b[:, 0]) + bb * (a[:, 0] - c[:, 0]) + cc * (b[:, 0] - a[:, 0])) / area
    return x, y, np.hypot(a[:, 0] - x, a[:, 1] - y), exists


def circle(points, center, size, longest):
    """x, y, radius, support of the circle along most of the points, or None."""
    angles = np.arctan2(points[:, 1] - center[1], points[:, 0] - center[0])
    order = np.argsort(angles, kind="stable")
    count = min(SAMPLE_COUNT, len(points))
    sample = points[order[np.linspace(0, len(points) - 1, count).round().astype(int)]]
    tolerance = max(1.0, 0.012 * longest)
    x, y, radius, allowed = circles_through(sample)
    allowed &= (radius > RADII[0] * longest) & (radius < RADII[1] * longest)
    allowed &= (x > 0) & (x < size[0]) & (y > 0) & (y < size[1])
    if not allowed.any():
        return None
    x, y, radius = x[allowed], y[allowed], radius[allowed]
    distances = np.abs(np.hypot(sample[:, 0] - x[:, None], sample[:, 1] - y[:, None]) - radius[:, None])
    best = int(np.argmax(np.maximum(0, 1 - distances / tolerance).sum(1)))
    x, y, radius = x[best], y[best], radius[best]
    for _ in range(2):
        near = points[np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius) < tolerance]
        if len(near) < FEWEST_POINTS:
            return None
        x, y, rest = np.linalg.lstsq(np.c_[2 * near, np.ones(len(near))], (near**2).sum(1), rcond=None)[0]
        radius = np.sqrt(max(rest + x * x + y * y, 0))
    off = np.abs(np.hypot(sample[:, 0] - x, sample[:, 1] - y) - radius) / (1.5 * tolerance)
    return x, y, radius, np.maximum(0, 1 - off**2).mean()


def field(photograph):
    """x, y, radius (half the height), stretch of the field in the photograph's pixels, or None."""
    small = small_copy(photograph)
    brightness = np.asarray(small.convert("RGB")).astype(np.int32).max(2)
    part = lit_part(brightness)
    points = border(part) if part is not None else []
    if len(points) < FEWEST_POINTS:
        return None
    center_y, center_x = (places.mean() for places in np.where(part))
    is_square = small.width == small.height and photograph.width == photograph.height
    best = None
    for stretch in STRETCHES if is_square else STRETCHES[:1]:
        found = circle(
            points * [stretch, 1], (center_x * stretch, center_y), (small.width * stretch, small.height), max(small.size))
        if found is None:
            continue
        support = found[3] - (STRETCH_COST if stretch != 1 else 0)
        if best is None or support > best[0]:
            best = (support, *found[:3], stretch)
    if best is None or best[0] < LEAST_SUPPORT:
        return None
    support, x, y, radius, stretch = best
    scale = max(photograph.size) / max(small.size)
    if not RADII[0] * max(photograph.size) < radius * scale < RADII[1] * max(photograph.size):
        return None
    return x / stretch * scale, y * scale, radius * scale, stretch


def rectangle(photograph):
    """x, y, width, height of what is cut out; the whole frame in a square where no field is found."""
    found = field(photograph)
    if found is None:
        side = max(photograph.size)
        return round((photograph.width - side) / 2), round((photograph.height - side) / 2), side, side
    x, y, radius, stretch = found
    half = radius / stretch
    return round(x - half), round(y - radius), round(2 * half), round(2 * radius)


def crop(photograph, side):
    """The field, side × side pixels, black beyond the photograph's frame."""
    x, y, width, height = rectangle(photograph)
    cut = Image.new("RGB", (width, height))
    cut.paste(photograph.convert("RGB"), (-x, -y))
    return cut.resize((side, side), Image.BILINEAR)
