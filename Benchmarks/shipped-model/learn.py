#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the network that ships, in PyTorch: P(disease), P(gradable), and the findings that its labels name, from one trunk.

    Benchmarks/shipped-model/learn.py --data ../shared/data --work WORK --name coarse --base base.safetensors --side 224 \\
        --frozen 2 --steps 900
    Benchmarks/shipped-model/learn.py … --name fine --base WORK/coarse-whole.safetensors --side 320 --frozen 1
    Benchmarks/shipped-model/learn.py … --name finest --base WORK/fine-whole.safetensors --teacher WORK/fine-whole.safetensors

Goes on from WORK/NAME.pt where it was stopped. Leaves WORK/NAME.safetensors, which `fundusd train --epochs 0 --base` measures and
calibrates on the people held out. Chooses nothing by them: what is printed is measured on the validation share of the others.
"""
import argparse
import copy
import json
import math
import pathlib
import time

import cv2
import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

import alterations
import pictures
from field_crop import crop

FINDINGS = [*pictures.FINDINGS, "other"]
OUTPUTS = ["disease", "gradable", *FINDINGS]
WEIGHT_DECAY = 0.05
AVERAGING = 0.998
SMOOTHING = 0.05
# A label's share of a target where there is a teacher; the rest is what the teacher says.
# Hinton et al. 2015 (arXiv:1503.02531), of a network by itself: Furlanello et al. 2018 (arXiv:1805.04770).
LABEL_SHARE = 0.65
GREATEST_GRADIENT = 5.0
WARM_UP_SHARE = 0.05
CROP_SIDE = 352
# How often a good picture is damaged, and is ungradable then.
DAMAGE_SHARE = 0.12
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
STAGES = {"conv1": 0, "bn1": 0, "layer1": 1, "layer2": 2, "layer3": 3, "layer4": 4, "fc": 4}

# What a batch is drawn from: folder, label, and the share of either size of training.
CELLS = [
    ("labelled", "disease", {"coarse": 0.30, "fine": 0.34}), ("labelled", "normal", {"coarse": 0.28, "fine": 0.31}),
    ("retinopathy", "disease", {"coarse": 0.07, "fine": 0.09}), ("retinopathy", "normal", {"coarse": 0.07, "fine": 0.09}),
    ("quality/good", "", {"coarse": 0.08, "fine": 0.05}), ("quality/usable", "", {"coarse": 0.05, "fine": 0.03}),
    ("quality/reject", "", {"coarse": 0.13, "fine": 0.08}), ("poor", "", {"coarse": 0.02, "fine": 0.01}),
]


def crops(records, work):
    """[pictures, 352, 352, 3]: every picture's field, cut out once."""
    path = work / "crops.npy"
    if not path.exists():
        unfinished = work / "crops-unfinished.npy"
        shape = (len(records), CROP_SIDE, CROP_SIDE, 3)
        kept = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=shape)
        for record in records:
            with Image.open(record.path) as photograph:
                kept[record.number] = crop(photograph, CROP_SIDE)
        kept.flush()
        unfinished.rename(path)
    return np.load(path, mmap_mode="r")


def tensor(picture):
    return torch.from_numpy(((picture / np.float32(255) - MEAN) / DEVIATION).transpose(2, 0, 1).copy())


def targets(record):
    """[outputs]: 1, 0, or NaN where nothing is known."""
    found = np.full(len(FINDINGS), np.nan, np.float32)
    if record.folder == "labelled":
        found = np.array([finding in record.findings for finding in FINDINGS], np.float32)
    elif record.folder == "retinopathy":
        found[FINDINGS.index("retinopathy")] = record.is_disease
    return np.array([record.is_disease, record.is_gradable, *found], np.float32)


class Draws(torch.utils.data.Dataset):
    """Altered pictures, drawn by source and class; the draw's number decides all chance."""

    def __init__(self, options, records, kept, taught=None):
        self.options, self.kept, self.taught = options, kept, taught or {}
        chosen = [r for r in records if r.side == "training" or options.all and r.side == "validation"]
        self.cells = [[r for r in chosen if (r.folder, r.label) == cell[:2]] for cell in CELLS]
        shares = np.array([cell[2][options.draw] for cell in CELLS])
        self.shares = shares / shares.sum()

    def __len__(self):
        return self.options.steps * self.options.batch

    def __getitem__(self, number):
        random = np.random.default_rng([self.options.seed, number])
        cell = self.cells[random.choice(len(self.cells), p=self.shares)]
        record = cell[random.integers(len(cell))]
        source = np.asarray(self.kept[record.number])
        if self.options.side <= 256:
            source = cv2.resize(source, (264, 264), interpolation=cv2.INTER_AREA)
        picture, target = self.altered(source, random), self.target(record)
        if target[1] > 0.5 and random.random() < DAMAGE_SHARE:
            picture = alterations.damaged(picture, random)
            target = np.full(len(OUTPUTS), np.nan, np.float32)
            target[1] = 0
        return tensor(picture), torch.from_numpy(target)

    def altered(self, source, random):
        if random.random() < self.options.moved_only:
            return alterations.moved(source, self.options.side, random)
        return alterations.camera(source, self.options.side, random)

    def target(self, record):
        """The label; with a teacher, a mean of both, and what the teacher says where there is no label."""
        target = targets(record)
        if record.number in self.taught:
            said = self.taught[record.number]
            target[0] = said if math.isnan(target[0]) else LABEL_SHARE * target[0] + (1 - LABEL_SHARE) * said
        return target


class Unaltered(torch.utils.data.Dataset):
    def __init__(self, records, kept, side):
        self.records, self.kept, self.side = records, kept, side

    def __len__(self):
        return len(self.records)

    def __getitem__(self, place):
        picture = np.asarray(self.kept[self.records[place].number])
        return tensor(cv2.resize(picture, (self.side, self.side), interpolation=cv2.INTER_AREA))


class Network(nn.Module):
    """torchvision's ResNet-50, its lowest stages frozen."""

    def __init__(self, frozen):
        super().__init__()
        self.trunk = torchvision.models.resnet50(weights=None)
        self.trunk.fc = nn.Linear(2048, len(OUTPUTS))
        self.frozen = frozen

    def forward(self, batch):
        trunk = self.trunk
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.frozen < 0):
            maps = trunk.maxpool(trunk.relu(trunk.bn1(trunk.conv1(batch))))
        for stage in range(1, 5):
            with torch.set_grad_enabled(torch.is_grad_enabled() and stage > self.frozen):
                maps = getattr(trunk, f"layer{stage}")(maps)
        return trunk.fc(torch.flatten(trunk.avgpool(maps), 1).float())

    def train(self, mode=True):
        super().train(mode)
        for name, part in self.trunk.named_children():
            if STAGES.get(name, 9) <= self.frozen:
                part.eval()
        return self

    def take(self, base):
        """Loads what a file holds of the network; the rest stays as it was made."""
        held = {name: values.float() for name, values in load_file(base).items()}
        missing = self.trunk.load_state_dict(held, strict=False).missing_keys
        print("made new:", [name for name in missing if "num_batches" not in name], flush=True)

    def groups(self, rate, depth_decay):
        """The optimizer's parameter groups: rates by depth, no decay of what batch norm holds."""
        groups = []
        for name, values in self.trunk.named_parameters():
            stage = STAGES[name.split(".")[0]]
            values.requires_grad = stage > self.frozen
            if values.requires_grad:
                own = rate * depth_decay ** (4 - stage)
                decay = WEIGHT_DECAY if values.ndim > 1 else 0
                groups.append({"params": [values], "lr": own, "rate": own, "weight_decay": decay})
        return groups


def loader(dataset, batch, **more):
    return torch.utils.data.DataLoader(dataset, batch, num_workers=1, **more)


def last_format(batch):
    return batch.contiguous(memory_format=torch.channels_last)


def settle_statistics(network, draws, options):
    """Batch norm of the frozen stages: these pictures' statistics, not ImageNet's."""
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    nn.Module.train(network, True)
    for part in network.trunk.children():
        part.train()
    for norm in norms:
        norm.momentum = None
    first = torch.utils.data.Subset(draws, range(24 * options.batch))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch, _ in loader(first, options.batch):
            network(last_format(batch))
    for norm in norms:
        norm.momentum = 0.1


def loss_of(logits, target):
    """Means over what is known: disease, gradable, and the findings as a helper of the trunk."""
    known = ~torch.isnan(target)
    smooth = torch.nan_to_num(target) * (1 - SMOOTHING) + SMOOTHING / 2
    losses = functional.binary_cross_entropy_with_logits(logits, smooth, reduction="none") * known

    def mean(part):
        return losses[:, part].sum() / known[:, part].sum().clamp(min=1)

    return mean(slice(0, 1)), mean(slice(0, 1)) + mean(slice(1, 2)) + mean(slice(2, None))


def average_in(average, network, step):
    keep = min(AVERAGING, (1 + step) / (10 + step))
    with torch.no_grad():
        for mean, value in zip(average.state_dict().values(), network.state_dict().values()):
            mean.lerp_(value, 1 - keep) if mean.dtype.is_floating_point else mean.copy_(value)


def area_under_curve(scores, classes):
    positive, negative = scores[classes == 1], scores[classes == 0]
    if not len(positive) or not len(negative):
        return math.nan
    return float(((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)).mean())


@torch.no_grad()
def validation(network, records, kept, options):
    """Areas under the curve on the validation share of the training people, per source."""
    chosen = [r for r in records if r.side == "validation" and r.folder in {cell[0] for cell in CELLS}]
    logits = []
    for batch in loader(Unaltered(chosen, kept, options.side), 32):
        with torch.autocast("cpu", torch.bfloat16):
            logits.append(network(last_format(batch)).float())
    logits, known = torch.cat(logits).numpy(), np.stack([targets(record) for record in chosen])
    graded = np.array([record.folder in ("quality/good", "quality/reject") for record in chosen])
    areas = {"gradable": area_under_curve(logits[graded, 1], known[graded, 1])}
    for folder in ("labelled", "retinopathy"):
        of_it = np.array([record.folder == folder for record in chosen])
        areas[folder] = area_under_curve(logits[of_it, 0], known[of_it, 0])
    of_it = np.array([record.folder == "labelled" for record in chosen])
    for place, finding in enumerate(FINDINGS):
        areas[f"finding {finding}"] = area_under_curve(logits[of_it, 2 + place], known[of_it, 2 + place])
    return {name: round(area, 4) for name, area in areas.items()}


@torch.no_grad()
def teaching(options, records, kept):
    """By a picture's number: what the teacher takes P(disease) for, of the picture and its mirror image. Kept beside the checkpoints."""
    if not options.teacher:
        return {}
    path = options.work / f"{options.name}-teaching.npz"
    if not path.exists():
        teacher = Network(4)
        teacher.take(options.teacher)
        teacher = teacher.to(memory_format=torch.channels_last).eval()
        pupils = [r for r in records if r.side != "holdout" and r.folder in {cell[0] for cell in CELLS} and r.is_gradable > 0.5]
        logits = []
        for batch in loader(Unaltered(pupils, kept, options.side), 32):
            with torch.autocast("cpu", torch.bfloat16):
                views = [teacher(last_format(view)).float()[:, 0] for view in (batch, batch.flip(3))]
            logits.append((views[0] + views[1]) / 2)
        np.savez(path, numbers=np.array([record.number for record in pupils]), disease=torch.cat(logits).sigmoid().numpy())
    said = np.load(path)
    return dict(zip(said["numbers"].tolist(), said["disease"].tolist()))


def export(network, work, name):
    """The trunk with the two outputs that ship, and what they mean; and with all outputs, to go on from."""
    held = {key: values.contiguous() for key, values in network.trunk.state_dict().items() if "num_batches" not in key}
    save_file(held, work / f"{name}-whole.safetensors")
    shipped = {key: values[:2].contiguous() if key.startswith("fc.") else values for key, values in held.items()}
    save_file(shipped, work / f"{name}.safetensors", metadata={"format": "pt", "outputs": "disease gradable"})


def rate_share(step, steps):
    """Up in a straight line, then down half a cosine."""
    rising = WARM_UP_SHARE * steps
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / (steps - rising)))


def train(options, records, kept):
    network = Network(options.frozen)
    network.take(options.base)
    network = network.to(memory_format=torch.channels_last)
    draws = Draws(options, records, kept, teaching(options, records, kept))
    optimizer = torch.optim.AdamW(network.groups(options.rate, options.depth_decay))
    checkpoint, done = options.work / f"{options.name}.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    elif options.frozen > 0:
        settle_statistics(network, draws, options)
    average = copy.deepcopy(network).eval()
    if done:
        average.load_state_dict(state["average"])
    network.train()
    rest = torch.utils.data.Subset(draws, range(done * options.batch, len(draws)))
    trained = [values for group in optimizer.param_groups for values in group["params"]]
    start, sums = time.time(), []
    for step, (batch, target) in enumerate(loader(rest, options.batch, prefetch_factor=4), start=done):
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * rate_share(step, options.steps)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(last_format(batch))
        disease, loss = loss_of(logits, target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, GREATEST_GRADIENT)
        optimizer.step()
        average_in(average, network, step)
        sums.append(disease.item())
        if (step + 1) % options.keep and step + 1 < options.steps:
            continue
        line = {"step": step + 1, "loss": round(float(np.mean(sums)), 4), **validation(average, records, kept, options)}
        line["pictures/s"] = round(len(sums) * options.batch / (time.time() - start), 1)
        print(json.dumps(line), flush=True)
        state = {"network": network.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "step": step + 1}, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)
        start, sums = time.time(), []
    export(average, options.work, options.name)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=5e-4, help="of the fourth stage and the head")
    parser.add_argument("--depth-decay", type=float, default=0.35, help="of the rate, for each stage below the fourth")
    parser.add_argument("--moved-only", type=float, default=0, help="share of the pictures that keep their colors and sharpness")
    parser.add_argument("--teacher", help="a network whose P(disease) is mixed into the targets")
    parser.add_argument("--frozen", type=int, default=1, help="stages from the stem on that stay as they are")
    parser.add_argument("--draw", choices=["coarse", "fine"], default="fine", help="how much of each source")
    parser.add_argument("--all", action="store_true", help="the validation share trains, too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=int, default=150, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    options = parsed()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    records = pictures.records(options.data)
    train(options, records, crops(records, options.work))
