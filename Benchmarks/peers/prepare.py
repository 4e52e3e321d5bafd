# SPDX-License-Identifier: Apache-2.0
"""Makes a workspace: one set of weights as our model, as ONNX and as ncnn's files, with pictures and an input tensor.

In: a .pth, a .safetensors, a model folder, or nothing (seeded weights). Out: the workspace's path on standard output. Within it
`side-N` is the same for N×N inputs. Called by bench.py; what is there already is kept.
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
import quantized
from ncnn_model import write_ncnn_model
from network import champion, load_network, seeded_input, seeded_network

HERE = Path(__file__).resolve().parent
SEED = 1
# What our program takes a file of weights for.
FILE_SIDE = 224
SHARED = ["resnet50.onnx", "resnet50.param", "resnet50.bin"]


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
            quantize(made, FILE_SIDE, arguments)
            made.rename(workspace)
        elif program_of(workspace).read_text() != digest(arguments.fundusd):
            take_in(workspace, weights, positive_class, arguments.fundusd)
            quantized.quantize_ours(workspace, arguments.fundusd)
        for side in arguments.side:
            prepare_side(workspace, side, arguments)
    print(workspace)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--fundusd", type=Path, required=True)
    parser.add_argument("--fixtures", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--positive-class", default="disease")
    parser.add_argument("--side", type=int, action="append", default=[], help="another side of the input")
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
    sources = [HERE / name for name in ("prepare.py", "quantized.py", "network.py", "ncnn_model.py")]
    parts = [torch.__version__, positive_class, *map(digest, [*sources, weights])]
    return f"workspace-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:12]}"


def program_of(workspace):
    """Holds the digest of the program that took the model in."""
    return workspace / "program.sha256"


def take_in(workspace, weights, positive_class, fundusd):
    """Anew for every build, which may keep more beside the weights than the last one; `verify` makes it do so.

    A model's folder says itself what its output means.
    """
    state = workspace / "state"
    shutil.rmtree(state, ignore_errors=True)
    meaning = [] if weights.is_dir() else ["--positive-class", positive_class]
    run(fundusd, "model", "import", weights, *meaning, "--state", state)
    run(fundusd, "model", "verify", champion(workspace).resolve().name, "--state", state)
    program_of(workspace).write_text(digest(fundusd))


def export(workspace, fixtures):
    draw(workspace, FILE_SIDE, fixtures)
    network = load_network(workspace)
    export_onnx(network, workspace / "resnet50.onnx")
    with torch.no_grad():
        write_ncnn_model(network, workspace)
    golden_input(workspace, FILE_SIDE).numpy().tofile(workspace / "golden.f32")


def draw(workspace, side, fixtures):
    for name, length in (("small.jpg", side), ("large.jpg", 2000)):
        run(fixtures, "draw-eye", workspace / name, "--side", length)


def golden_input(workspace, side):
    golden = json.loads((champion(workspace) / "model.json").read_text())["golden"]
    return seeded_input("golden", golden["seed"], side, side)


def quantize(workspace, side, arguments):
    quantized.draw_holdout(workspace / "holdout", side, arguments.fixtures)
    quantized.quantize_ours(workspace, arguments.fundusd)
    quantized.quantize_onnx(workspace)
    quantized.quantize_openvino(workspace, side)


def prepare_side(workspace, side, arguments):
    """The same weights for another side of the input, in a workspace within the workspace."""
    folder = workspace / f"side-{side}"
    if not folder.exists():
        unfinished = workspace / f"side-{side}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        add_side(workspace, unfinished, side, arguments)
        unfinished.rename(folder)
    elif program_of(folder).read_text() != digest(arguments.fundusd):
        take_in(folder, folder / "model", None, arguments.fundusd)
        quantized.quantize_ours(folder, arguments.fundusd)


def add_side(workspace, folder, side, arguments):
    for name in SHARED:
        (folder / name).symlink_to(Path("..", name))
    tensor = golden_input(workspace, side)
    tensor.numpy().tofile(folder / "golden.f32")
    with torch.no_grad():
        logits = load_network(workspace)(tensor[None] if tensor.ndim == 3 else tensor).flatten().tolist()
    write_model(champion(workspace).resolve(), folder / "model", side, logits)
    take_in(folder, folder / "model", None, arguments.fundusd)
    draw(folder, side, arguments.fixtures)
    quantize(folder, side, arguments)


def write_model(source, folder, side, logits):
    """A model's folder for another side: the logits by which the program tests itself are PyTorch's."""
    folder.mkdir()
    shutil.copy(source / "model.safetensors", folder)
    record = json.loads((source / "model.json").read_text())
    record["preprocessing"] |= {"name": f"squeezed-{side}", "width": side, "height": side}
    record["golden"]["logits"] = logits
    (folder / "model.json").write_text(json.dumps(record))


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def export_onnx(network, path):
    """By the tracing exporter: the newer one needs another package and gives the same graph here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, (torch.zeros(1, 3, 224, 224),), str(path), dynamo=False, input_names=["input"],
            output_names=["logit"], dynamic_axes={"input": {0: "batch", 2: "height", 3: "width"}, "logit": {0: "batch"}})


if __name__ == "__main__":
    main()
