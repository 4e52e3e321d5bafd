# SPDX-License-Identifier: Apache-2.0
"""What is measured, and in which order.

In: a Field, a Plan. Out: a dictionary of figures per round, which report.py prints. Called by bench.py.

Contestants take turns in every round, forwards and backwards by turns, each in a fresh process: all have the same
caches, the same luck with memory pages anew in each round, and no rival's threads or memory beside them.
"""
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import machine
from contestants import AVX2, BF16, FLOAT32, INT8, INT8_AVX2, INT8_AVX2_VNNI, OURS, PYTHON_PATH, STORED, Load
from processes import clean_environment

# Logits may differ by this: float32 sums in another order, over the spread of a trained model's logits.
FLOAT32_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Plan:
    rounds: int
    threads: tuple
    runs: dict  # by batch
    sides: tuple  # of the input, beside 224
    training_rounds: int
    idle_seconds: int
    patience_seconds: int

    def loads(self):
        return [Load(batch, threads, 2, runs) for batch, runs in self.runs.items() for threads in self.threads]

    @property
    def most_threads(self):
        return max(self.threads)


class DisagreeingLogits(Exception):
    """A peer computes something else, so its time tells nothing."""


def check_logits(field, plan):
    """Differences from our logit of the golden input; the program itself verifies that logit at every start."""
    record = json.loads((field.workspace / "state/models/champion/model.json").read_text())
    ours = record["golden"]["logits"][0]
    differences = {}
    for contestant in [*FLOAT32, *BF16, *AVX2, *STORED, *INT8]:
        if not contestant.is_ours:
            logits = json.loads(field.peer(contestant, Load(2, plan.most_threads)).lines[0])["logits"]
            differences[contestant.name] = max(abs(logit - ours) for logit in logits)
            if contestant.precision == "float32" and not differences[contestant.name] <= FLOAT32_TOLERANCE:
                raise DisagreeingLogits(f"{contestant.name} gives {logits}, fundusd {ours}")
    differences[PYTHON_PATH.name] = check_probability(field, plan)
    return {"golden_logit": ours, "differences": differences}


def check_probability(field, plan):
    verdict = json.loads(field.classify(plan.most_threads).lines[0])
    theirs = json.loads(field.python_path(Load(1, plan.most_threads)).lines[0])["probability"]
    if verdict["probability"] is None:
        return math.nan
    difference = abs(verdict["probability"] - theirs)
    if not difference <= FLOAT32_TOLERANCE:
        raise DisagreeingLogits(f"{PYTHON_PATH.name} gives P = {theirs}, fundusd {verdict['probability']}")
    return difference


def in_turns(rounds, work):
    """`work` is {name: function}. Returns {name: [figure of each round]}."""
    figures = {name: [] for name in work}
    for number in range(rounds):
        for name in (list(work) if number % 2 == 0 else reversed(work)):
            figures[name].append(work[name]())
    return figures


def speed(field, contestants, load, rounds):
    """Milliseconds per image by contestant and round; none for what this version of the program doesn't know."""
    return in_turns(rounds, {
        contestant.name: lambda contestant=contestant: field.milliseconds_per_image(contestant, load)
        for contestant in contestants if field.can(contestant, load.batch)})


def speeds(field, contestants, plan, loads):
    return [
        {"batch": load.batch, "threads": load.threads, "ms_per_image": speed(field, contestants, load, plan.rounds)}
        for load in loads]


def at_sides(field, plan):
    """Batch 1 at the most threads: what each precision takes, ONNX Runtime and OpenVINO beside ours."""
    load = Load(1, plan.most_threads, 2, plan.runs[1])
    rivals = [*(contestant for contestant in FLOAT32 if contestant.name != "ncnn"), *INT8]
    return [
        {"side": side, "batch": 1, "threads": load.threads,
         "ms_per_image": speed(field.at_side(side), rivals, load, plan.rounds)}
        for side in plan.sides]


def training(field, plan):
    return [
        {"precision": precision, **field.training(precision, plan.most_threads, plan.training_rounds)}
        for precision in ("float32", "bf16")]


def starts(field, plan):
    """Process start to the first result, and the most memory that a process held which computed one image."""
    def ours():
        return field.classify(plan.most_threads)

    def peer(contestant):
        return field.peer(contestant, Load(1, plan.most_threads, runs=0))

    finished = in_turns(plan.rounds, {
        contestant.name: ours if contestant.is_ours else lambda contestant=contestant: peer(contestant)
        for contestant in [*FLOAT32, *STORED]})
    return {name: start_figures(name, processes) for name, processes in finished.items()}


def start_figures(name, processes):
    figures = {
        "first_result_ms": [process.first_line_ms for process in processes],
        "peak_mb": [process.peak_mb for process in processes],
    }
    if name != OURS.name:
        figures["in_python_ms"] = [json.loads(process.lines[0])["in_python_ms"] for process in processes]
    return figures


def whole_path(field, plan):
    """Milliseconds from the bytes of a JPEG of 2000×2000 pixels to P(disease)."""
    load = Load(1, plan.most_threads, runs=plan.runs[1])

    def ours():
        report = field.bench(OURS, load, "large.jpg")
        return report["decode_ms"] + report["prepare_ms"] + report["network_ms"]

    def python():
        return statistics.median(json.loads(field.python_path(load).lines[1])["runs_ms"])

    return in_turns(plan.rounds, {OURS.name: ours, PYTHON_PATH.name: python})


def idle(field, seconds):
    """Processor time of a `watch` that has judged one image and sees no more, and what it holds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        inbox, outbox = Path(folder, "inbox"), Path(folder, "outbox")
        inbox.mkdir()
        outbox.mkdir()
        # The ledger of an earlier run knows its picture: a name and its content have one verdict.
        name = f"eye-{time.time_ns()}.jpg"
        (inbox / name).write_bytes((field.workspace / "large.jpg").read_bytes())
        watch = subprocess.Popen(
            [field.fundusd, "watch", *field.state, "--inbox", inbox, "--outbox", outbox],
            env=clean_environment(), stderr=subprocess.DEVNULL)
        try:
            wait_for(outbox / f"{name}.json", watch)
            before = processor_seconds(watch.pid)
            time.sleep(seconds)
            return {
                "seconds": seconds, "processor_seconds": processor_seconds(watch.pid) - before,
                "resident_mb": resident_mb(watch.pid)}
        finally:
            watch.send_signal(signal.SIGTERM)
            watch.wait()


def wait_for(verdict, watch):
    end = time.monotonic() + 60
    while not verdict.exists():
        if watch.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"fundusd watch wrote no verdict (exit status {watch.poll()})")
        time.sleep(0.1)


def processor_seconds(process):
    """Of all its threads, from the scheduler in nanoseconds; threads that ended meanwhile are not in it."""
    tasks = Path(f"/proc/{process}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def resident_mb(process):
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(field, plan):
    """Everything; the plan says how often."""
    most = [load for load in plan.loads() if load.threads == plan.most_threads and load.batch == 1]
    stages = {
        "logits": lambda: check_logits(field, plan),
        "float32": lambda: speeds(field, FLOAT32, plan, plan.loads()),
        "bf16": lambda: speeds(field, BF16, plan, plan.loads()),
        "avx2": lambda: speeds(field, AVX2, plan, most),
        "int8": lambda: speeds(field, [OURS, *INT8], plan, most),
        "int8_avx2": lambda: speeds(field, [AVX2[0], *INT8_AVX2], plan, most),
        "int8_avx2_vnni": lambda: speeds(field, [AVX2[0], *INT8_AVX2_VNNI], plan, most),
        "sides": lambda: at_sides(field, plan),
        "training": lambda: training(field, plan),
        "start": lambda: starts(field, plan),
        "whole_path_ms": lambda: whole_path(field, plan),
        "idle": lambda: idle(field, plan.idle_seconds),
    }
    if not machine.has("avx_vnni"):
        del stages["int8_avx2_vnni"]
    figures = {}
    for name, stage in stages.items():
        print(f"measuring: {name}", file=sys.stderr)
        figures[name] = stage()
    return figures
