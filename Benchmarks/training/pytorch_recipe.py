# SPDX-License-Identifier: Apache-2.0
"""Trains the experiment's recipe in PyTorch, the peer of `fundusd train --recipe experiment`: one JSON line an epoch.

Reads the images that experiment-images.sha256 beside it names from LABELLED/disease and LABELLED/normal, starts from
headless weights (.safetensors, float16 or float32), and measures the AUC for disease on VALIDATION after each epoch. Made
with torch 2.15 and Pillow 13: pictures resized to 224×224 by Pillow's bilinear filter, torchvision's mean and deviation.

    python Benchmarks/training/pytorch_recipe.py LABELLED VALIDATION BASE [--seed 0] [--learning-rate 0.001] [--epochs 10]
"""
import argparse
import hashlib
import json
import pathlib
import struct
import sys
import time

import numpy
import torch
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Tests" / "ResNetTests" / "Golden"))
from seeded_resnet50 import ResNet50  # noqa: E402

KINDS = {"F16": numpy.float16, "F32": numpy.float32, "I64": numpy.int64}


def base_weights(path):
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    tensors = {}
    for name, entry in json.loads(content[8:8 + length]).items():
        if name == "__metadata__":
            continue
        first, last = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(content[first:last], KINDS[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.astype(numpy.int64 if entry["dtype"] == "I64" else numpy.float32))
    return tensors


def pictures(folder, wanted=None):
    """8-bit pictures [images, 224, 224, 3] and 1 for disease, 0 for normal, in the order of the content's hash."""
    found = []
    for label, name in ((1, "disease"), (0, "normal")):
        for path in (pathlib.Path(folder) / name).rglob("*.jp*g"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if wanted is None or digest in wanted:
                found.append((digest, path, label))
    found.sort()
    images = [numpy.asarray(Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR)) for _, path, _ in found]
    return torch.from_numpy(numpy.stack(images)), torch.tensor([float(label) for _, _, label in found])


def batch_of(images):
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    scaled = images.permute(0, 3, 1, 2).float() / 255
    return ((scaled - mean) / deviation).contiguous(memory_format=torch.channels_last)


def area_under_curve(scores, labels):
    """The share of pairs of a diseased and a normal eye in which the diseased one scores higher; ties count half."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    above = (positive[:, None] > negative[None]).double().mean()
    return (above + (positive[:, None] == negative[None]).double().mean() / 2).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("labelled", "validation", "base"):
        parser.add_argument(name)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    wanted = {line.split()[0] for line in (HERE / "experiment-images.sha256").read_text().splitlines()}
    images, labels = pictures(options.labelled, wanted)
    if len(images) != len(wanted):
        sys.exit(f"{len(images)} of the {len(wanted)} images are in {options.labelled}")
    validation, truth = pictures(options.validation)

    network = ResNet50().to(memory_format=torch.channels_last)
    missing, unknown = network.load_state_dict(base_weights(options.base), strict=False)
    assert not unknown and all(name.startswith("fc.") for name in missing), (missing, unknown)
    torch.nn.Linear.reset_parameters(network.fc)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    loss_of = torch.nn.BCEWithLogitsLoss()

    for epoch in range(1, options.epochs + 1):
        start, total = time.time(), 0.0
        network.train()
        for places in torch.randperm(len(images)).split(8):
            optimizer.zero_grad()
            loss = loss_of(network(batch_of(images[places]))[:, 0], labels[places])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(places)
        seconds = time.time() - start
        network.eval()
        with torch.no_grad():
            scores = torch.cat([network(batch_of(part))[:, 0] for part in validation.split(32)])
        print(json.dumps({
            "epoch": epoch, "train_loss": total / len(images), "validation_auc": area_under_curve(scores, truth),
            "validation_loss": loss_of(scores, truth).item(), "seconds": seconds}), flush=True)


main()
