#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a mark outside the retina's field does to a verdict: the same photograph with and without one, judged by the shipped model.

    Benchmarks/shipped-model/marks.py --fundusd .build/release/fundusd --data ../shared/data [--model model]

Prints the table of docs/quality.md. Half of the photographs are of `validation`, half of `foreign`; text and logos are drawn over a corner,
strips and frames are added to the frame. Every file, the unmarked one too, is stored anew at JPEG quality 95.

A strip above whose height is no multiple of 8 moves the photograph against the squares of 8×8 pixels that JPEG rounds by, and so
changes pixels that it does not touch. How much of a strip's or frame's figure is that, the rows "empty black" show, in which nothing lies
outside the field; how much is the mark's, the rows "beside a black one": the marked file beside one with as many rows of empty black.
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import tempfile

from PIL import Image, ImageDraw, ImageFont

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def text(picture, unit):
    draw, size = ImageDraw.Draw(picture), max(8, unit // 48)
    for line, words in enumerate(["MUSTER Erika", "1957-03-12"]):
        draw.text((unit // 200, unit // 200 + line * (size + 1)), words, font=ImageFont.load_default(size=size), fill=WHITE)
    return picture


def logo(picture, unit):
    side = unit // 12
    x, y = picture.width - side - unit // 60, picture.height - side - unit // 60
    draw = ImageDraw.Draw(picture)
    draw.rectangle([x, y, x + side, y + side // 2], fill=(30, 90, 200))
    draw.ellipse([x + side // 4, y + side // 4, x + side * 3 // 4, y + side * 3 // 4], fill=(240, 240, 240))
    return picture


def square(picture, unit):
    side = round(unit * 20 / 768)
    ImageDraw.Draw(picture).rectangle([4, 4, 4 + side, 4 + side], fill=WHITE)
    return picture


def strip(picture, unit, ground, ink, at_top, height=None):
    height = height or unit // 12
    wider = Image.new("RGB", (picture.width, picture.height + height), ground)
    wider.paste(picture, (0, height if at_top else 0))
    place = (unit // 50, height // 5 + (0 if at_top else picture.height))
    ImageDraw.Draw(wider).text(place, "ID 004711  OD  45°  2024-05-02", font=ImageFont.load_default(size=height // 2), fill=ink)
    return wider


def white_strip(picture, unit):
    return strip(picture, unit, WHITE, BLACK, True)


def white_strip_of_whole_squares(picture, unit):
    return strip(picture, unit, WHITE, BLACK, True, height=unit // 96 * 8)


def frame(picture, unit, color=WHITE):
    margin = unit // 30
    wider = Image.new("RGB", (picture.width + 2 * margin, picture.height + 2 * margin), color)
    wider.paste(picture, (margin, margin))
    return wider


def one_color(picture, channels):
    bands = picture.split()
    return Image.merge("RGB", [bands[channel] if channel is not None else Image.new("L", picture.size) for channel in channels])


MARKS = {
    "none": lambda picture, unit: picture,
    "a white square in a corner": square,
    "a logo in a corner": logo,
    "a name in a corner": text,
    "a black strip below": lambda picture, unit: strip(picture, unit, BLACK, (230, 230, 230), False),
    "a white strip above, 8·n rows": white_strip_of_whole_squares,
    "a white strip above": white_strip,
    "a white frame": frame,
    "empty black above": lambda picture, unit: strip(picture, unit, BLACK, BLACK, True),
    "an empty black frame": lambda picture, unit: frame(picture, unit, BLACK),
    "the green channel alone": lambda picture, unit: one_color(picture, [1, 1, 1]),
    "red-free": lambda picture, unit: one_color(picture, [None, 1, 2]),
}


# The same without anything outside the field: what a mark changes beside it is the mark's alone.
EMPTY = {"a white strip above": "empty black above", "a white frame": "an empty black frame"}


def make(data, folder, count):
    draw = random.Random(7)
    for source in ("validation", "foreign"):
        for file in draw.sample(sorted((data / source).rglob("*.jpg")), count // 2):
            photograph = Image.open(file).convert("RGB")
            unit = max(photograph.size)
            for number, (name, mark) in enumerate(MARKS.items()):
                marked = folder / f"{number}.{file.name}"
                mark(photograph.copy(), unit).save(marked, "JPEG", quality=95, subsampling=0)


def judge(options, folder):
    with tempfile.TemporaryDirectory() as state:
        subprocess.run([options.fundusd, "model", "import", options.model, "--state", state], check=True, capture_output=True)
        files = "\n".join(map(str, sorted(folder.iterdir())))
        command = [options.fundusd, "classify", "--state", state, "--paths-from", "-"]
        answer = subprocess.run(command, input=files, stdout=subprocess.PIPE, text=True)
    verdicts = {}
    for line in answer.stdout.splitlines():
        verdict = json.loads(line)
        number, name = pathlib.Path(verdict["image"]["name"]).name.split(".", 1)
        verdicts.setdefault(int(number), {})[name] = verdict
    return verdicts


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fundusd", required=True)
    arguments.add_argument("--data", type=pathlib.Path, required=True)
    arguments.add_argument("--model", default="model")
    arguments.add_argument("--count", type=int, default=100)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(options.data, pathlib.Path(folder), options.count)
        verdicts = judge(options, pathlib.Path(folder))
    judged = {name: verdict for name, verdict in verdicts[0].items() if verdict["probability"] is not None}
    print(f"{len(judged)} of {len(verdicts[0])} are judged without a mark")
    for number, mark in enumerate(MARKS):
        tell(mark, verdicts[number], judged)
    for mark, empty in EMPTY.items():
        beside = {name: verdicts[list(MARKS).index(empty)][name] for name in judged}
        tell(f"{mark}, beside a black one", verdicts[list(MARKS).index(mark)], beside)


def tell(mark, verdicts, others):
    """A row: how many are judged both times, how many are told of, the change's median and what nine of ten are below."""
    pairs = [(verdicts[name], other) for name, other in others.items()]
    told = sum(any(f in marked["quality"]["findings"] for f in ("writing-outside-field", "not-in-color")) for marked, _ in pairs)
    probabilities = [(marked["probability"], other["probability"]) for marked, other in pairs]
    changes = sorted(abs(one - two) for one, two in probabilities if one is not None and two is not None)
    print(f"| {mark} | {len(changes)} | {told} | {statistics.median(changes):.4f} | {changes[int(0.9 * len(changes))]:.3f} |")


main()
