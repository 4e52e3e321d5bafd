#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a verdict takes with `review: true`, when every picture is put before people, beside how long it takes without.

    Benchmarks/load/asking-people.py --fundusd .build/release/fundusd --fixtures .build/release/fundusd-fixtures --root /tmp/asking \\
        --model model

Rounds of one daemon each, with and without in turns; drawn eyes of 1024×1024, each another file, below what the machine can screen.
Prints the median and the 99th percentile of `timing_ms.total`, from arrival to verdict.
"""
import argparse
import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import time

EYES = 60
ASKING = "review: true\nreview.normal-share: 1\nreview.disease-share: 1\nreview.per-day: 100000\n"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--fixtures", required=True)
parser.add_argument("--root", required=True, type=pathlib.Path)
parser.add_argument("--model", required=True)
parser.add_argument("--rounds", type=int, default=4)
parser.add_argument("--pictures", type=int, default=120, help="a round")
parser.add_argument("--rate", type=float, default=6, help="pictures a second")
options = parser.parse_args()


def draw():
    shutil.rmtree(options.root, ignore_errors=True)
    options.root.mkdir(parents=True)
    path = options.root / "eye.jpg"
    for seed in range(1, EYES + 1):
        command = [options.fixtures, "draw-eye", path, "--seed", str(seed), "--lesions", str(seed % 2 * 12)]
        subprocess.run(command, check=True, capture_output=True)
        yield path.read_bytes()


def prepared(site, asks):
    shutil.rmtree(site, ignore_errors=True)
    names = ["inbox", "outbox", "state", "labelled/disease", "labelled/normal", "labelled/ungradable"]
    for name in names:
        (site / name).mkdir(parents=True)
    subprocess.run([options.fundusd, "model", "import", options.model, "--state", site / "state"], check=True, capture_output=True)
    folders = "".join(f"{name}: {site / name}\n" for name in ("inbox", "outbox", "state", "labelled"))
    (site / "config.yaml").write_text(folders + "settle-seconds: 0.1\n" + (ASKING if asks else ""))


def drop(site, eyes, mark):
    """Under another name first: no picture is seen before it is whole."""
    for number in range(options.pictures):
        due = time.monotonic() + 1 / options.rate
        (site / "unfinished").write_bytes(eyes[number % EYES] + f"{mark} {number}".encode())
        (site / "unfinished").rename(site / "inbox" / f"{mark}-{number}.jpg")
        time.sleep(max(0, due - time.monotonic()))


def totals(eyes, asks, mark):
    """Milliseconds of each verdict of a round."""
    site = options.root / "site"
    prepared(site, asks)
    with open(site / "log", "w") as log:
        daemon = subprocess.Popen([options.fundusd, "watch", "--config", site / "config.yaml"], stderr=log)
    time.sleep(2)
    drop(site, eyes, mark)
    end = time.monotonic() + 60
    while len(list((site / "outbox").glob("*.json"))) < options.pictures and time.monotonic() < end:
        time.sleep(0.1)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait()
    asked = len(list((site / "review").glob("*.jpg"))) if asks else 0
    if asks and asked < options.pictures:
        raise SystemExit(f"only {asked} of {options.pictures} pictures were put before people")
    return [json.loads(path.read_text())["timing_ms"]["total"] for path in (site / "outbox").glob("*.json")]


def main():
    eyes, found = list(draw()), {False: [], True: []}
    for number in range(options.rounds):
        for asks in (False, True) if number % 2 == 0 else (True, False):
            found[asks] += totals(eyes, asks, f"{number}{'ab'[asks]}")
    for asks, values in found.items():
        values.sort()
        name = "review: true" if asks else "without"
        print(f"{name:12} {len(values)} verdicts, p50 {statistics.median(values):.1f} ms, p99 {values[int(0.99 * len(values))]:.1f} ms")


main()
