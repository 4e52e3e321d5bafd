#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times fundusd on an old inbox: many files that have their verdicts, and a long ledger.

    Benchmarks/load/old-inbox.py --fundusd .build/release/fundusd --fixtures .build/release/fundusd-fixtures --root /tmp/load

Makes FILES files in an inbox, with their rows in the ledger as if each had been screened, and ROWS more rows of files that are gone;
then starts `fundusd watch` and prints: time until it is ready, memory, the processor time of a rescan, `status`, and how long
single new images take. The network is narrow: what is measured is all else.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--fixtures", required=True)
parser.add_argument("--root", required=True, type=pathlib.Path)
parser.add_argument("--files", type=int, default=200_000)
parser.add_argument("--rows", type=int, default=1_000_000)
options = parser.parse_args()

root = options.root
inbox, outbox, state = root / "inbox", root / "outbox", root / "state"
folders = ["--inbox", inbox, "--outbox", outbox, "--state", state]
rescan_seconds = 20


def fundusd(*arguments):
    return subprocess.run([options.fundusd, *arguments, *folders], check=True, capture_output=True, text=True).stdout


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(process):
    return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def make():
    shutil.rmtree(root, ignore_errors=True)
    for folder in (inbox, outbox, state):
        folder.mkdir(parents=True)
    subprocess.run([options.fixtures, "seeded-model", state], check=True, capture_output=True)
    fundusd("screen", "--once")  # makes the ledger
    subprocess.run([options.fixtures, "draw-eyes", root, "20"], check=True)
    (inbox / "first.jpg").write_bytes((root / "eye-1.jpg").read_bytes())
    fundusd("screen", "--once")
    document = (outbox / "first.jpg.json").read_bytes()
    ledger = sqlite3.connect(state / "ledger.sqlite")
    files = (fill(ledger, number, document) for number in range(options.rows))
    ledger.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, 0)", (row for row in files if row))
    ledger.commit()
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()


def fill(ledger, number, document):
    name, digest = f"old-{number}.jpg".encode(), hashlib.sha256(str(number).encode()).hexdigest()
    at = f"2026-0{1 + number % 9}-01T00:00:00.000Z"
    row = ledger.execute(
        "INSERT INTO image (name, sha256, bytes, state, seen_at, claimed_at, judged_at, published_at, outcome, probability,"
        " model, reasons, verdict, is_newest) VALUES (?, ?, 10, 'published', ?, ?, ?, ?, 'normal', 0.25, 'old', '', ?, 1)",
        (name, digest, at, at, at, at, document))
    ledger.execute(
        "INSERT INTO audit (sequence, image, document, link) VALUES ((SELECT max(sequence) + 1 FROM audit), ?, ?, ?)",
        (row.lastrowid, hashlib.sha256(document).hexdigest(), digest))
    if number >= options.files:
        return None
    path = inbox / name.decode()
    path.write_bytes(b"0123456789")
    status = path.stat()
    return name, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def timed(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


def await_file(path):
    while not path.exists():
        time.sleep(0.0005)


def measure():
    log = open(root / "log", "w+")
    start = time.monotonic()
    daemon = subprocess.Popen(
        [options.fundusd, "watch", "--rescan-seconds", str(rescan_seconds), *folders], stderr=log)
    while "is ready" not in (root / "log").read_text():
        time.sleep(0.005)
    figures = {"ready_s": time.monotonic() - start, "ready_processor_s": processor_seconds(daemon.pid)}
    figures["resident_mb"] = resident_megabytes(daemon.pid)
    before = processor_seconds(daemon.pid)
    time.sleep(rescan_seconds * 2.5)  # two rescans
    figures["rescan_processor_s"] = (processor_seconds(daemon.pid) - before) / 2
    figures["status_s"] = timed(lambda: fundusd("status"))
    latencies = []
    for number in range(20):
        os.rename(root / f"eye-{number + 1}.jpg", inbox / f"new-{number}.jpg")
        latencies.append(timed(lambda: await_file(outbox / f"new-{number}.jpg.json")))
    figures["verdict_median_ms"] = sorted(latencies)[10] * 1e3
    figures["verdict_largest_ms"] = max(latencies) * 1e3
    figures["resident_after_mb"] = resident_megabytes(daemon.pid)
    daemon.terminate()
    figures["exit_status"] = daemon.wait()
    return figures


make_seconds = timed(make)
print(json.dumps({"files": options.files, "rows": options.rows, "make_s": round(make_seconds)} | {
    name: round(value, 3) for name, value in measure().items()}, indent=1))
