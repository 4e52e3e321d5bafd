# SPDX-License-Identifier: Apache-2.0
"""One peer in a process of its own: loads, runs once, says so, then runs and times some more.

In: an engine and a setting. Out: two lines of JSON, one at the first logits, one at the end. Called by peer.py.
"""
import time

began = time.perf_counter()  # before the imports, which belong to an engine's start

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy  # noqa: E402
from engines import ENGINES, Setting  # noqa: E402


def milliseconds_since(start):
    return (time.perf_counter() - start) * 1000


def timed(work):
    start = time.perf_counter()
    work()
    return milliseconds_since(start)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--cached", action="store_true")
    parser.add_argument("--warm-up", type=int, default=0)
    parser.add_argument("--runs", type=int, default=0)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    values = numpy.fromfile(arguments.workspace / "golden.f32", numpy.float32)
    side = math.isqrt(values.size // 3)
    image = values.reshape(1, 3, side, side)
    images = numpy.repeat(image, arguments.batch, axis=0)
    setting = Setting(arguments.batch, side, arguments.threads, arguments.precision, arguments.cached)
    infer = ENGINES[arguments.engine](arguments.workspace, setting)
    logits = infer(images)
    print(json.dumps({"in_python_ms": milliseconds_since(began), "logits": logits.tolist()}), flush=True)
    for _ in range(arguments.warm_up):
        infer(images)
    print(json.dumps({"runs_ms": [timed(lambda: infer(images)) for _ in range(arguments.runs)]}))


if __name__ == "__main__":
    main()
