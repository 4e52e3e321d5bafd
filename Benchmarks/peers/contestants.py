# SPDX-License-Identifier: Apache-2.0
"""Who is measured, and how each is asked for a figure.

In: the program, the workspace that prepare.py made. Out: figures of one fresh process each. Called by stages.py.
"""
import json
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

from processes import clean_environment

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contestant:
    name: str
    engine: str = "fundusd"
    precision: str = "float32"
    environment: dict = field(default_factory=dict, hash=False)
    cached: bool = False

    @property
    def is_ours(self):
        return self.engine == "fundusd"


OURS = Contestant("fundusd")
FLOAT32 = [
    OURS,
    Contestant("ONNX Runtime", "onnxruntime"),
    Contestant("OpenVINO", "openvino"),
    Contestant("ncnn", "ncnn"),
    Contestant("PyTorch channels_last", "torch"),
]
BF16 = [
    Contestant("fundusd bf16", precision="bf16"),
    Contestant("OpenVINO bf16", "openvino", "bf16"),
    Contestant("PyTorch bf16 autocast", "torch", "bf16"),
]
INT8 = [
    Contestant("fundusd int8", precision="int8"),
    Contestant("ONNX Runtime int8", "onnxruntime", "int8"),
    Contestant("OpenVINO int8", "openvino", "int8"),
]
INT8_AVX2 = [
    Contestant("fundusd int8 AVX2", precision="int8", environment={"FUNDUSD_SIMD": "avx2"}),
    Contestant("OpenVINO int8 AVX2", "openvino", "int8", environment={"ONEDNN_MAX_CPU_ISA": "AVX2"}),
]
# Where the processor has them: products of bytes in 256 bits.
INT8_AVX2_VNNI = [
    Contestant("fundusd int8 AVX-VNNI", precision="int8", environment={"FUNDUSD_SIMD": "avx2vnni"}),
    Contestant("OpenVINO int8 AVX-VNNI", "openvino", "int8", environment={"ONEDNN_MAX_CPU_ISA": "AVX2_VNNI"}),
]
# ONNX Runtime and ncnn ask CPUID themselves and have no switch.
AVX2 = [
    Contestant("fundusd AVX2", environment={"FUNDUSD_SIMD": "avx2"}),
    Contestant("OpenVINO AVX2", "openvino", environment={"ONEDNN_MAX_CPU_ISA": "AVX2"}),
    Contestant("PyTorch AVX2", "torch", environment={"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}),
]
STORED = [
    Contestant("ONNX Runtime, stored optimized", "onnxruntime", cached=True),
    Contestant("OpenVINO, stored compiled", "openvino", cached=True),
]
PYTHON_PATH = Contestant("Pillow + PyTorch", "python-path")


@dataclass(frozen=True)
class Load:
    """What one process computes: batches to warm up with, then batches to time."""

    batch: int
    threads: int
    warm_up: int = 0
    runs: int = 1


class Field:
    """Asks contestants on one workspace, each time in a fresh process on a quiet machine."""

    def __init__(self, fundusd, workspace, quiet):
        self.fundusd, self.workspace, self.quiet = fundusd, workspace, quiet
        self.state = ["--state", workspace / "state"]
        self.bench_help = " ".join(self._run(OURS, [fundusd, "bench", "--help"]).lines)

    def at_side(self, side):
        """The same on the workspace of another side of the input."""
        return Field(self.fundusd, self.workspace / f"side-{side}", self.quiet)

    def training(self, precision, threads, rounds):
        """Images a second of a training step on batches of 8, ours and PyTorch's, taking turns: medians."""
        script = HERE.parent / "training" / "interleave.py"
        options = ["--precision", precision, "--threads", threads, "--rounds", rounds, "--json"]
        options += ["--bench", Path(self.fundusd).with_name("training-bench")]
        return json.loads(self._run(OURS, [sys.executable, script, *options]).lines[-1])

    @property
    def knows_batches(self):
        return "--batch" in self.bench_help

    def can(self, contestant, batch):
        """Whether the program knows the precision and the batch; peers know all."""
        knows_precision = contestant.precision == "float32" or "--precision" in self.bench_help
        return not contestant.is_ours or (knows_precision and (batch == 1 or self.knows_batches))

    def milliseconds_per_image(self, contestant, load):
        """Passes one after another, ours as theirs."""
        if contestant.is_ours:
            batch = ["--batch", load.batch] if self.knows_batches else []
            figures = self.bench(contestant, load, "small.jpg", *batch)
            return figures.get("batch_network_ms_per_image", figures["network_ms"])
        runs = json.loads(self.peer(contestant, load).lines[1])["runs_ms"]
        return statistics.median(runs) / load.batch

    def bench(self, contestant, load, image, *more):
        """fundusd's own figures; loading runs the network once, on the golden input."""
        options = [*self.precision(contestant), "--threads", load.threads, "--rounds", load.runs]
        options += ["--image", self.workspace / image, *more, "--json"]
        return json.loads("\n".join(self._run(contestant, [self.fundusd, "bench", *self.state, *options]).lines))

    def classify(self, threads):
        options = [*self.state, *self.precision(OURS), "--threads", threads]
        return self._run(OURS, [self.fundusd, "classify", *options, self.workspace / "large.jpg"])

    def precision(self, contestant):
        """Said always, as the default follows from the model."""
        return ["--precision", contestant.precision] if "--precision" in self.bench_help else []

    def peer(self, contestant, load):
        options = ["--batch", load.batch, "--threads", load.threads, "--precision", contestant.precision]
        options += ["--warm-up", load.warm_up, "--runs", load.runs, *(["--cached"] if contestant.cached else [])]
        return self._run(
            contestant, [sys.executable, HERE / "worker.py", contestant.engine, self.workspace, *options])

    def python_path(self, load):
        options = ["--threads", load.threads, "--runs", load.runs]
        return self._run(PYTHON_PATH, [sys.executable, HERE / "python_path.py", self.workspace, *options])

    def _run(self, contestant, command):
        return self.quiet.run(command, clean_environment(**contestant.environment))
