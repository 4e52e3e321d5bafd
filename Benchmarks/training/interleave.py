# SPDX-License-Identifier: Apache-2.0
"""Images a second and peak memory of one training step, ours and PyTorch's in turns on one machine.

Both train ResNet-50 with Adam and binary cross-entropy on the same kind of noise, in float32 or in bf16 with weights kept in
float32 (PyTorch: torch.autocast); each waits while the other works. PyTorch runs channels_last, its faster layout, with the
heap's trimming off where --keep-heap is given. Needs torch
and the two files beside the tests' golden files; the program comes from: make build

    python Benchmarks/training/interleave.py [--images 8] [--side 224] [--threads 2] [--rounds 5] [--steps 2] [--precision bf16]
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "Tests" / "ResNetTests" / "Golden"


def peer(images, side, threads, precision):
    import torch

    sys.path.insert(0, str(GOLDEN))
    from seeded_resnet50 import ResNet50

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    network = ResNet50().train().to(memory_format=torch.channels_last)
    batch = torch.randn(images, 3, side, side).to(memory_format=torch.channels_last)
    targets = (torch.arange(images) % 2).float()[:, None]
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    loss = torch.nn.BCEWithLogitsLoss()
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
                value = loss(network(batch), targets)
            value.backward()
            optimizer.step()
            times.append(time.perf_counter() - start)
        print(*times, flush=True)


class Contestant:
    def __init__(self, name, command, environment):
        self.name, self.times = name, []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.title = self.process.stdout.readline().strip()

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return [float(time) for time in self.process.stdout.readline().split()]

    def finish(self):
        """Ends the process; its processor time is this one's then."""
        self.process.stdin.close()
        self.process.wait()

    def peak_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def figures(options, ours, theirs):
    return {
        "contestants": {
            contestant.name: {
                "images_per_second": options.images / statistics.median(contestant.times),
                "peak_mb": contestant.peak_megabytes(), "seconds": contestant.times,
            } for contestant in (ours, theirs)},
        "ratio": statistics.median(theirs.times) / statistics.median(ours.times),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("images", 8), ("side", 224), ("threads", 2), ("rounds", 5), ("steps", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--precision", choices=("float32", "bf16"), default="float32")
    parser.add_argument("--keep-heap", action="store_true", help="glibc's trimming off for PyTorch")
    parser.add_argument("--json", action="store_true", help="a line of JSON in place of the table")
    parser.add_argument("--bench", default=str(ROOT / ".build" / "release" / "training-bench"))
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.images, options.side, options.threads, options.precision)

    clean = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    if options.keep_heap:
        clean |= {"MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_MMAP_THRESHOLD_": "8589934592"}
    sizes = [str(options.images), str(options.side), str(options.threads)]
    ours = Contestant("ours", [options.bench, *sizes, options.precision], dict(os.environ))
    theirs = Contestant("PyTorch", [sys.executable, __file__, "--peer", "--images", sizes[0], "--side", sizes[1],
                                    "--threads", sizes[2], "--precision", options.precision], clean)
    for contestant in (ours, theirs):
        contestant.run(2)
    for _ in range(options.rounds):
        for contestant in (ours, theirs):
            contestant.times += contestant.run(options.steps)
    if options.json:
        found = figures(options, ours, theirs)
        for contestant in (ours, theirs):
            contestant.finish()
        print(json.dumps(found))
        return
    rates = {}
    for contestant in (ours, theirs):
        rates[contestant.name] = options.images / statistics.median(contestant.times)
        print(f"{contestant.name:8} {rates[contestant.name]:6.2f} images/s  median "
              f"{statistics.median(contestant.times) * 1e3:7.1f} ms  fastest {min(contestant.times) * 1e3:7.1f} ms  "
              f"peak {contestant.peak_megabytes():6.0f} MB  {contestant.title}")
    print(f"ratio {rates['ours'] / rates['PyTorch']:.2f} by medians, "
          f"{min(theirs.times) / min(ours.times):.2f} by the fastest steps")


main()
