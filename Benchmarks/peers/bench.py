# SPDX-License-Identifier: Apache-2.0
"""Measures fundusd beside ONNX Runtime, OpenVINO, ncnn and PyTorch, with the same weights, on this machine.

In: the built program, a folder to work in, weights (or none: seeded ones). Out: a table, and the same as JSON.
Called by `make bench-peers`. Imports no engine: a small parent keeps its children's figures theirs.
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import machine
import report
import stages
from contestants import Field
from processes import Quiet, clean_environment

FULL = stages.Plan(
    rounds=5, threads=(1, 2), runs={1: 25, 8: 5}, sides=(320, 384, 448, 512), training_rounds=8, idle_seconds=60,
    patience_seconds=240)
QUICK = stages.Plan(
    rounds=3, threads=(1, 2), runs={1: 10, 8: 3}, sides=(320,), training_rounds=3, idle_seconds=5, patience_seconds=30)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="where exported models and the report are kept")
    parser.add_argument("--fundusd", required=True)
    parser.add_argument("--fixtures", required=True)
    parser.add_argument("--model", help="a .pth, a .safetensors or a model folder; without it, seeded weights")
    parser.add_argument("--positive-class", help="what a .pth's output means")
    parser.add_argument("--quick", action="store_true", help="two threads only, fewer rounds")
    return parser.parse_args()


def prepared(arguments, plan):
    options = ["--root", arguments.root, "--fundusd", arguments.fundusd, "--fixtures", arguments.fixtures]
    for name in ("model", "positive_class"):
        if getattr(arguments, name):
            options += ["--" + name.replace("_", "-"), getattr(arguments, name)]
    options += [f"--side={side}" for side in plan.sides]
    script = Path(__file__).with_name("prepare.py")
    done = subprocess.run(
        [sys.executable, script, *options], env=clean_environment(), check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.splitlines()[-1])


def main():
    arguments = parse_arguments()
    arguments.root.mkdir(parents=True, exist_ok=True)
    plan = QUICK if arguments.quick else FULL
    workspace = prepared(arguments, plan)
    start, quiet = time.monotonic(), Quiet(plan.patience_seconds)
    document = {"machine": machine.described(arguments.fundusd, workspace)}
    document["figures"] = stages.measure(Field(arguments.fundusd, workspace, quiet), plan)
    document["machine"] |= {
        "model": (workspace / "state/models/champion").resolve().name,
        "took": f"{time.monotonic() - start:.0f} s",
        "other programs": quiet.summary(),
    }
    document["others_share"] = quiet.median_share
    path = arguments.root / "report.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(report.text(document))
    print(f"\nEvery round's figures: {path}")
    if not report.is_believable(document):
        sys.exit(75)


if __name__ == "__main__":
    main()
