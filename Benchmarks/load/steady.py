#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drops images into an inbox at a steady rate, and prints each minute what the daemon holds of memory and how late its verdicts are.

    Benchmarks/load/steady.py --fundusd .build/release/fundusd --fixtures .build/release/fundusd-fixtures --root /tmp/steady

Each image is another: one eye of 1024×1024 with a comment of its own. Screened images are deleted, as an archive would take them away:
what is kept in the inbox is remembered, at about 600 bytes a file. The network is narrow: what is measured is all else.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--fixtures", required=True)
parser.add_argument("--root", required=True, type=pathlib.Path)
parser.add_argument("--rate", type=float, default=20, help="images a second")
parser.add_argument("--seconds", type=int, default=3600)
options = parser.parse_args()

inbox, outbox, state = (options.root / name for name in ("inbox", "outbox", "state"))


def prepare():
    shutil.rmtree(options.root, ignore_errors=True)
    for folder in (inbox, outbox, state):
        folder.mkdir(parents=True)
    subprocess.run([options.fixtures, "seeded-model", state], check=True, capture_output=True)
    subprocess.run([options.fixtures, "draw-eye", options.root / "eye.jpg"], check=True, capture_output=True)
    return (options.root / "eye.jpg").read_bytes()


def start():
    daemon = subprocess.Popen(
        [options.fundusd, "watch", "--after", "delete", "--inbox", inbox, "--outbox", outbox, "--state", state],
        stderr=open(options.root / "log", "w"))
    while "is ready" not in (options.root / "log").read_text():
        time.sleep(0.01)
    return daemon


def with_comment(jpeg, text):
    """A COM segment behind the start of the image (ITU T.81, B.2.4.5)."""
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def resident_megabytes(process):
    return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def drop(jpeg, number):
    hidden = inbox / ".next"
    hidden.write_bytes(with_comment(jpeg, str(number).encode()))
    os.rename(hidden, inbox / f"eye-{number}.jpg")


def lateness(number, dropped):
    """Seconds from the rename to the verdict's file; one that is not there yet counts until now."""
    try:
        return (outbox / f"eye-{number}.jpg.json").stat().st_ctime - dropped
    except FileNotFoundError:
        return time.time() - dropped


eye = prepare()
daemon = start()
begin = time.monotonic()
dropped = {}
minute = 1
print("minute resident_mb dropped median_ms p99_ms largest_ms", flush=True)
for number in range(int(options.rate * options.seconds)):
    time.sleep(max(0, begin + number / options.rate - time.monotonic()))
    dropped[number] = time.time()
    drop(eye, number)
    if time.monotonic() - begin >= 60 * minute:
        judged = sorted(lateness(each, at) for each, at in list(dropped.items())[:-40])
        of = lambda share: judged[int(share * (len(judged) - 1))] * 1e3
        print(minute, f"{resident_megabytes(daemon.pid):.1f}", number + 1, *(f"{of(s):.1f}" for s in (0.5, 0.99, 1)), flush=True)
        dropped = dict(list(dropped.items())[-40:])
        minute += 1
time.sleep(2)
verdicts = sum(1 for entry in os.scandir(outbox) if entry.name.endswith(".json"))
daemon.terminate()
print(f"{number + 1} images, {verdicts} verdicts, {sum(1 for _ in os.scandir(inbox))} left in the inbox; status {daemon.wait()}")
sys.exit(verdicts != number + 1)
