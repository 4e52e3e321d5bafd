# SPDX-License-Identifier: Apache-2.0
"""Makes a workspace: one set of weights as our model, as ONNX and as ncnn's files, with pictures and an input tensor.

In: a .pth, a .safetensors, a model folder, or nothing (seeded weights). Out: the workspace's path on standard output.
Called by bench.py; what is there already is kept.
"""
import argparse
import hashlib
import json
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import torch
from ncnn_model import write_ncnn_model
from network import champion, load_network, seeded_input, seeded_network

HERE = Path(__file__).resolve().parent
SEED = 1


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(dir=arguments.root) as scratch:
        weights, positive_class = weights_of(arguments, Path(scratch))
        workspace = arguments.root / identity(weights, positive_class)
        if not workspace.exists():
            made = Path(scratch) / "workspace"
            made.mkdir()
            take_in(made, weights, positive_class, arguments.fundusd)
            export(made, arguments.fixtures)
            made.rename(workspace)
        elif program_of(workspace).read_text() != digest(arguments.fundusd):
            take_in(workspace, weights, positive_class, arguments.fundusd)
    print(workspace)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--fundusd", type=Path, required=True)
    parser.add_argument("--fixtures", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--positive-class", default="disease")
    return parser.parse_args()


def weights_of(arguments, scratch):
    """The file of the weights and the class that its output means."""
    if arguments.model is None:
        seeded = scratch / "seeded.pth"
        torch.save(seeded_network(64, 1, SEED).state_dict(), seeded)
        return seeded, arguments.positive_class
    if arguments.model.is_dir():
        record = json.loads((arguments.model / "model.json").read_text())
        return arguments.model / "model.safetensors", record["positive_class"]
    return arguments.model, arguments.positive_class


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def identity(weights, positive_class):
    """A name that changes with the weights, with this code and with the exporter."""
    sources = [HERE / name for name in ("prepare.py", "network.py", "ncnn_model.py")]
    parts = [torch.__version__, positive_class, *map(digest, [*sources, weights])]
    return f"workspace-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:12]}"


def program_of(workspace):
    """Holds the digest of the program that took the model in."""
    return workspace / "program.sha256"


def take_in(workspace, weights, positive_class, fundusd):
    """Anew for every build, which may keep more beside the weights than the last one; `verify` makes it do so."""
    state = workspace / "state"
    shutil.rmtree(state, ignore_errors=True)
    run(fundusd, "model", "import", weights, "--positive-class", positive_class, "--state", state)
    run(fundusd, "model", "verify", champion(workspace).resolve().name, "--state", state)
    program_of(workspace).write_text(digest(fundusd))


def export(workspace, fixtures):
    for name, side in (("small.jpg", 224), ("large.jpg", 2000)):
        run(fixtures, "draw-eye", workspace / name, "--side", side)
    network = load_network(workspace)
    export_onnx(network, workspace / "resnet50.onnx")
    with torch.no_grad():
        write_ncnn_model(network, workspace)
    golden = json.loads((champion(workspace) / "model.json").read_text())["golden"]
    seeded_input("golden", golden["seed"], 224, 224).numpy().tofile(workspace / "golden.f32")


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def export_onnx(network, path):
    """By the tracing exporter: the newer one needs another package and gives the same graph here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, (torch.zeros(1, 3, 224, 224),), str(path), dynamo=False, input_names=["input"],
            output_names=["logit"], dynamic_axes={"input": {0: "batch"}, "logit": {0: "batch"}})


if __name__ == "__main__":
    main()
