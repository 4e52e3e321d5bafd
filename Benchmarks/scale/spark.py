#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `fundusd classify` as a stateless worker inside Apache Spark, and compares its verdicts with those of one process.

    Benchmarks/scale/spark.py --fundusd .build/release/fundusd --state STATE --images FOLDER [--workers 2]

Each partition of the list of names is piped through one process (`RDD.pipe`), which reads names and writes JSON Lines. Prints
images a second, start-up of Spark left out, and whether each verdict is the same. Needs PySpark (PyPI) and a Java runtime.
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import time

from pyspark.sql import SparkSession

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--state", required=True)
parser.add_argument("--images", required=True, type=pathlib.Path)
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--partitions", type=int, help="default: four for each worker")
parser.add_argument("--kill-after", type=float, help="seconds after which one worker gets kill -9")
parser.add_argument("--expected", type=pathlib.Path, help="JSON Lines of one process, to compare with")
options = parser.parse_args()

names = sorted(str(path) for path in options.images.rglob("*.jpg"))
# One compute thread each: the workers share the processors by being several.
command = shlex.join([options.fundusd, "classify", "--state", options.state, "--threads", "1", "--paths-from", "-"])
# A pipe whose command ends with another status than 0 fails its task, and Spark tries it again. 65 says that an image was
# rejected or ungradable, which is an answer.
pipe = f"sh -c {shlex.quote(command + ' || [ $? -eq 65 ]')}"

# A task is tried up to four times: a worker that is killed loses its partition's lines, and nobody else's.
spark = SparkSession.builder.master(f"local[{options.workers},4]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
spark.sparkContext.parallelize([0]).count()
if options.kill_after:
    kill = "sleep {}; kill -9 $(pgrep -nf '{} classify')".format(options.kill_after, options.fundusd)
    subprocess.Popen(["sh", "-c", kill])
begin = time.monotonic()
partitions = options.partitions or 4 * options.workers
lines = spark.sparkContext.parallelize(names, partitions).pipe(pipe, checkCode=True).collect()
seconds = time.monotonic() - begin
spark.stop()


def verdict(line):
    """What two runs must agree on; times differ."""
    document = json.loads(line)
    return document["image"]["name"], document["image"]["sha256"], document["outcome"], document["probability"]


verdicts = sorted(map(verdict, lines), key=str)
print(json.dumps({
    "workers": options.workers, "partitions": partitions, "images": len(names), "verdicts": len(verdicts),
    "seconds": round(seconds, 1), "images_a_second": round(len(names) / seconds, 1),
}))
if options.expected:
    expected = sorted(map(verdict, options.expected.read_text().splitlines()), key=str)
    print("same verdicts" if verdicts == expected else "DIFFERENT verdicts")
    sys.exit(verdicts != expected)
