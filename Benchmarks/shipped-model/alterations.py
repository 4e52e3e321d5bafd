# SPDX-License-Identifier: Apache-2.0
"""How pictures are altered while the shipped network learns: what cameras do to a good photograph, and what makes one ungradable.

Pictures are RGB, 8 bits, side × side; the field fills them. docs/alterations.md explains each alteration.
"""
import cv2
import numpy as np

cv2.setNumThreads(1)


def places(side):
    """x and y of each pixel, −1…1 across the picture."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return (x - side / 2 + 0.5) / (side / 2), (y - side / 2 + 0.5) / (side / 2)


def clipped(values):
    return np.clip(values, 0, 255).astype(np.uint8)


def field_of(picture):
    """[side, side, 1]: what is not black."""
    return (picture.max(2) > 12)[..., None]


def blurred(picture, sigma):
    """`sigma` in pixels of a picture of 320."""
    return cv2.GaussianBlur(picture, (0, 0), sigma * picture.shape[0] / 320)


def noisy(picture, sigma, random):
    return clipped(picture + random.standard_normal(picture.shape, dtype=np.float32) * sigma)


# What cameras do to a good photograph.


def moved(picture, side, random):
    """Turned, flipped, scaled, stretched and shifted in one bilinear pass, black outside."""
    scale = side / picture.shape[0] * random.uniform(0.9, 1.14)
    angle = random.uniform(0, 2 * np.pi)
    stretch = random.uniform(-0.03, 0.03)
    flip = -1 if random.random() < 0.5 else 1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag([flip * (1 + stretch), 1 - stretch]) * scale
    center = np.full(2, picture.shape[0] / 2)
    shift = np.full(2, side / 2) + random.uniform(-0.05, 0.05, 2) * side - matrix @ center
    return cv2.warpAffine(picture, np.c_[matrix, shift], (side, side), flags=cv2.INTER_LINEAR)


def recolored(picture, random):
    """Color temperature, gain, brightness, gamma and contrast as one table a channel; black stays black."""
    values = np.arange(256, dtype=np.float32) / 255
    temperature = random.uniform(-0.12, 0.12)
    brightness, contrast = random.uniform(0.75, 1.3), random.uniform(0.8, 1.25)
    gamma = np.exp(random.uniform(-0.28, 0.28))
    mean = picture[::4, ::4].mean() / 255
    tables = []
    for gain in (1 + temperature, 1.0, 1 - temperature):
        table = np.clip(values * gain * (1 + random.uniform(-0.08, 0.08)) * brightness, 0, 1) ** gamma
        table = (table - mean) * contrast + mean
        table[:4] = np.minimum(table[:4], values[:4] + 0.02)
        tables.append((np.clip(table, 0, 1) * 255 + 0.5).astype(np.uint8))
    return cv2.LUT(picture, np.stack(tables, 1)[None])


def saturated(picture, factor):
    gray = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(picture, factor, gray, 1 - factor, 0)


def vignetted(picture, random):
    x, y = places(picture.shape[0])
    center_x, center_y = random.uniform(-0.3, 0.3, 2)
    factor = 1 - random.uniform(-0.25, 0.35) * ((x - center_x) ** 2 + (y - center_y) ** 2)
    return clipped(picture * factor[..., None])


def compressed(picture, quality):
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], 1)


def camera(picture, side, random):
    picture = moved(picture, side, random)
    if random.random() < 0.9:
        picture = recolored(picture, random)
    if random.random() < 0.4:
        picture = saturated(picture, random.uniform(0.7, 1.3))
    if random.random() < 0.4:
        picture = vignetted(picture, random)
    if random.random() < 0.3:
        picture = blurred(picture, random.uniform(0.3, 1.3))
    if random.random() < 0.25:
        picture = noisy(picture, random.uniform(1, 6), random)
    if random.random() < 0.3:
        picture = compressed(picture, random.uniform(40, 95))
    return picture


# What makes a photograph ungradable.


def defocused(picture, random):
    return blurred(picture, random.uniform(5, 16))


def shaken(picture, random):
    length = int(random.uniform(25, 60) * picture.shape[0] / 320) | 1
    kernel = np.zeros((length, length), np.float32)
    angle, middle = random.uniform(0, np.pi), length // 2
    reach = middle * np.array([np.cos(angle), np.sin(angle)])
    start, end = (middle - reach).astype(int), (middle + reach).astype(int)
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1, 1)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def hazy(picture, random):
    field, share = field_of(picture), random.uniform(0.8, 0.95)
    color = picture[field[..., 0]].mean(0) if field.any() else np.array([90, 80, 70])
    color = color * random.uniform(0.6, 1.4) + random.uniform(-10, 30, 3)
    haze = blurred(picture * (1 - share) + color * share, random.uniform(0.5, 4))
    return np.where(field, clipped(haze), picture)


def too_dark(picture, random):
    return noisy(clipped(picture * random.uniform(0.04, 0.2)), random.uniform(1, 4), random)


def too_bright(picture, random):
    bright = clipped(picture * random.uniform(2.6, 6.0) + random.uniform(20, 110))
    return np.where(field_of(picture), bright, picture)


def with_reflex(picture, random):
    x, y = places(picture.shape[0])
    center_x, center_y = random.uniform(-0.5, 0.5, 2)
    distance = np.hypot(x - center_x, y - center_y)
    blob = 1 / (1 + np.exp((distance - random.uniform(0.6, 1.1)) / random.uniform(0.08, 0.3)))
    cover = blob[..., None] * random.uniform(0.8, 1)
    color = np.array([255, random.uniform(215, 255), random.uniform(170, 255)])
    return np.where(field_of(picture), clipped(picture * (1 - cover) + color * cover), picture)


def half_covered(picture, random):
    x, y = places(picture.shape[0])
    angle, offset = random.uniform(0, 2 * np.pi), random.uniform(-0.7, 0.15)
    shadow = 1 / (1 + np.exp((x * np.cos(angle) + y * np.sin(angle) + offset) / random.uniform(0.03, 0.15)))
    dark = picture * (1 - shadow[..., None] * random.uniform(0.93, 1))
    return clipped(blurred(dark, random.uniform(0.5, 5)))


def behind_lashes(picture, random):
    side = picture.shape[0]
    covered = blurred(picture, random.uniform(2.5, 6))
    times = np.linspace(0, 1, 24)[:, None]
    for _ in range(int(random.integers(6, 20))):
        start, middle, end = random.uniform(0, side, (3, 2))
        curve = (1 - times) ** 2 * start + 2 * times * (1 - times) * middle + times**2 * end
        color = tuple(map(int, random.uniform(0, 45, 3)))
        width = int(random.uniform(3, 14) * side / 320) + 1
        cv2.polylines(covered, [curve.astype(np.int32)], False, color, width, cv2.LINE_AA)
    return covered


def through_small_pupil(picture, random):
    """A bright ring around a dark middle."""
    x, y = places(picture.shape[0])
    ring = 1 / (1 + np.exp((random.uniform(0.6, 0.9) - np.hypot(x, y)) / 0.1))[..., None]
    dark = picture * random.uniform(0.05, 0.3) * (1 - ring) + ring * random.uniform(120, 255) * random.uniform(0.6, 1)
    return np.where(field_of(picture), clipped(blurred(dark, random.uniform(1, 6))), picture)


def no_retina(picture, random):
    """Something drawn in its place: plain, blotches, boxes, stripes, a page, a warm disc, the outside of an eye."""
    side = picture.shape[0]
    drawers = [plain, blotches, boxes, stripes, page, warm_disc, outer_eye]
    drawn = drawers[random.integers(len(drawers))](side, random)
    drawn = drawn + random.standard_normal((side, side, 1)) * random.uniform(0, 20)
    x, y = places(side)
    return clipped(drawn * (x * x + y * y < 1)[..., None] if random.random() < 0.5 else drawn)


def plain(side, random):
    return np.ones((side, side, 3)) * random.uniform(0, 255, 3)


def blotches(side, random):
    count = int(random.integers(2, 40))
    coarse = random.uniform(0, 255, (count, count, 3)).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def boxes(side, random):
    drawn = (np.ones((side, side, 3)) * random.uniform(0, 255, 3)).astype(np.float32)
    for _ in range(int(random.integers(3, 25))):
        left, top, right, bottom = map(int, random.integers(0, side, 4))
        width = -1 if random.random() < 0.6 else 2
        cv2.rectangle(drawn, (left, top), (right, bottom), tuple(random.uniform(0, 255, 3)), width)
    return drawn


def stripes(side, random):
    x, y = places(side)
    angle = random.uniform(0, np.pi)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * random.uniform(4, 60))
    return (127 + 127 * wave)[..., None] * random.uniform(0.3, 1, 3)


def page(side, random):
    drawn = np.full((side, side, 3), random.uniform(200, 255), np.float32)
    for top in range(8, side, int(random.integers(10, 26))):
        left = 8
        while left < side - 10:
            width = int(random.integers(3, 14))
            cv2.rectangle(drawn, (left, top), (left + width, top + 5), (30, 30, 30), -1)
            left += width + int(random.integers(2, 9))
    return drawn


def warm_disc(side, random):
    x, y = places(side)
    color = np.array([random.uniform(90, 255), random.uniform(40, 200), random.uniform(10, 150)])
    return color * (1 - 0.4 * random.random() * (x**2 + y**2))[..., None]


def outer_eye(side, random):
    x, y = places(side)
    skin = np.array([random.uniform(140, 240), random.uniform(100, 180), random.uniform(80, 150)])
    distance = np.hypot(x - random.uniform(-0.3, 0.3), y - random.uniform(-0.3, 0.3))[..., None]
    iris = random.uniform(0.3, 0.7)
    white = (distance < 1.8 * iris) & (np.abs(y) < 1.1 * iris)[..., None]
    drawn = np.where(white, [225, 215, 210], np.ones((side, side, 3)) * skin)
    drawn = np.where(distance < iris, random.uniform(30, 130, 3), drawn)
    drawn = np.where(distance < 0.45 * iris, [10, 8, 8], drawn)
    return cv2.GaussianBlur(drawn, (0, 0), random.uniform(1, 5))


DAMAGES = [
    defocused, defocused, shaken, hazy, too_dark, too_bright, with_reflex, half_covered, half_covered, behind_lashes,
    no_retina, through_small_pupil,
]


def damaged(picture, random):
    return DAMAGES[random.integers(len(DAMAGES))](picture, random)
