#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each part of the recipe brings: one trial with it and one without, at equal cost, measured on people who chose nothing.

    Benchmarks/shipped-model/ablation.py --data ../shared/data --work WORK --base base-mit-partial.safetensors

A trial sees as many pixels as every other (stages that are trained from the stem on count for what they cost). Each is measured
on `validation` by its area under the ROC curve, with a 95 % interval and one of the difference to the whole recipe, both by
2000 draws of people (the same draws for all). Goes on where it was stopped: WORK/ablation holds each trial's scores.
"""
import argparse
import copy
import dataclasses
import pathlib
import time

import cv2
import numpy as np
import torch
from PIL import Image
from torch import nn

import alterations
import learn
import pictures

SIDE = 224
BATCHES = 60
DRAWS = 2000


@dataclasses.dataclass
class Trial:
    """One way to train; by default the whole recipe's."""

    name: str
    part: str
    side: int = SIDE
    share: float = 1.0
    frozen: int = 2
    base: bool = True
    crop: bool = True
    alteration: str = "camera"
    damage: float = learn.DAMAGE_SHARE
    balanced: bool = True
    smoothing: float = learn.SMOOTHING
    depth_decay: float = 0.35
    gradable: bool = True
    findings: bool = True


TRIALS = [
    Trial("whole", "the whole recipe"),
    Trial("squeezed", "2 the whole frame, squeezed", crop=False),
    Trial("random", "1 random weights at the start, all stages trained", base=False, frozen=-1, share=0.4),
    Trial("disease-only", "4 one output: P(disease)", gradable=False, damage=0),
    Trial("flips", "5 flips only in place of a camera's alterations", alteration="flips"),
    Trial("no-findings", "4 without the findings as outputs", findings=False),
    Trial("side-320", "3 320 pixels, half as many pictures", side=320, share=(SIDE / 320) ** 2),
    Trial("by-number", "5 drawn by number, not by source and class", balanced=False),
    Trial("equal-rates", "1 one rate for all depths", depth_decay=1.0),
    Trial("hard-labels", "5 labels as they are, not smoothed", smoothing=0),
]
# Comes out of the first trial.
LAST = Trial("last-weights", "5 the last weights, not their mean")


def squeezed(records, work):
    """[pictures, 264, 264, 3]: whole frames."""
    path = work / "squeezed.npy"
    if not path.exists():
        unfinished = work / "squeezed-unfinished.npy"
        kept = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=(len(records), 264, 264, 3))
        for record in records:
            with Image.open(record.path) as photograph:
                kept[record.number] = photograph.convert("RGB").resize((264, 264), Image.BILINEAR)
        unfinished.rename(path)
    return np.load(path, mmap_mode="r")


class Draws(learn.Draws):
    """The recipe's draws, with what the trial leaves out left out."""

    def __init__(self, trial, options, records, kept):
        super().__init__(options, records, kept)
        self.trial = trial
        if not trial.gradable:
            self.cells, self.shares = self.cells[:4], self.shares[:4] / self.shares[:4].sum()
        if not trial.balanced:
            counts = np.array([len(cell) for cell in self.cells], float)
            self.shares = counts / counts.sum()

    def __getitem__(self, number):
        trial, random = self.trial, np.random.default_rng([self.options.seed, number])
        cell = self.cells[random.choice(len(self.cells), p=self.shares)]
        record = cell[random.integers(len(cell))]
        picture, target = self.altered(np.asarray(self.kept[record.number]), random), learn.targets(record)
        if target[1] > 0.5 and random.random() < trial.damage:
            picture = alterations.damaged(picture, random)
            target = np.full(len(learn.OUTPUTS), np.nan, np.float32)
            target[1] = 0
        if not trial.gradable:
            target[1] = np.nan
        if not trial.findings:
            target[2:] = np.nan
        return learn.tensor(picture), torch.from_numpy(target)

    def altered(self, source, random):
        side = self.trial.side
        if side <= 256:
            source = cv2.resize(source, (264, 264), interpolation=cv2.INTER_AREA)
        if self.trial.alteration == "camera":
            return alterations.camera(source, side, random)
        picture = cv2.resize(source, (side, side), interpolation=cv2.INTER_AREA)
        if random.random() < 0.5:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(picture)


def trained(trial, options, records, kept):
    torch.manual_seed(options.seed)
    learn.SMOOTHING = trial.smoothing
    steps = round(BATCHES * trial.share)
    options = argparse.Namespace(**{**vars(options), "steps": steps, "side": trial.side, "frozen": trial.frozen})
    network = learn.Network(trial.frozen)
    if trial.base:
        network.take(options.base)
    network = network.to(memory_format=torch.channels_last)
    draws = Draws(trial, options, records, kept)
    optimizer = torch.optim.AdamW(network.groups(options.rate, trial.depth_decay))
    if trial.frozen > 0:
        learn.settle_statistics(network, draws, options)
    average = copy.deepcopy(network).eval()
    network.train()
    parameters = [values for group in optimizer.param_groups for values in group["params"]]
    for step, (batch, target) in enumerate(learn.loader(draws, options.batch, prefetch_factor=4)):
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * learn.rate_share(step, steps)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(learn.last_format(batch))
        _, loss = learn.loss_of(logits, target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, learn.GREATEST_GRADIENT)
        optimizer.step()
        learn.average_in(average, network, step)
    return average, network.eval()


@torch.no_grad()
def scores(network, trial, records, kept):
    logits = []
    for batch in learn.loader(learn.Unaltered(records, kept, trial.side), 32):
        with torch.autocast("cpu", torch.bfloat16):
            logits.append(network(learn.last_format(batch)).float()[:, 0])
    return torch.cat(logits).numpy()


def areas(found, chosen):
    """[1 + DRAWS]: the area under the curve over all, and over each draw of people."""
    classes = np.array([record.is_disease for record in chosen])
    people = {}
    for place, record in enumerate(chosen):
        people.setdefault(record.group or record.path.name, []).append(place)
    people = [np.array(places) for places in people.values()]
    random = np.random.default_rng(0)
    drawn = [np.concatenate([people[i] for i in random.integers(len(people), size=len(people))]) for _ in range(DRAWS)]
    return np.array([learn.area_under_curve(found[places], classes[places]) for places in [np.arange(len(found)), *drawn]])


def interval(values):
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return f"{values[0]:+.3f} ({low:+.3f} to {high:+.3f})"


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--base", required=True)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="names of trials, with commas between")
    return parser.parse_args()


def main():
    options = parsed()
    options.draw, options.all = "coarse", False
    torch.set_num_threads(options.threads)
    records = pictures.records(options.data)
    crops = learn.crops(records, options.work)
    chosen = [record for record in records if record.folder == "validation"]
    folder = options.work / "ablation"
    folder.mkdir(exist_ok=True)
    found = {}
    for trial in [*TRIALS, LAST]:
        path = folder / f"{trial.name}.npy"
        if trial is not LAST and not path.exists() and (options.only is None or trial.name in options.only.split(",")):
            kept = crops if trial.crop else squeezed(records, options.work)
            start = time.time()
            average, last = trained(trial, options, records, kept)
            if trial is TRIALS[0]:
                np.save(folder / f"{LAST.name}.npy", scores(last, trial, chosen, kept))
            np.save(path, scores(average, trial, chosen, kept))
            print(f"{trial.name}: {time.time() - start:.0f} s", flush=True)
        if path.exists():
            found[trial.name] = areas(np.load(path), chosen)
    print("| trial | AUC on `validation` | difference to the whole recipe |\n| --- | --- | --- |")
    for trial in [*TRIALS, LAST]:
        if trial.name in found:
            own = found[trial.name]
            low, high = np.percentile(own[1:], [2.5, 97.5])
            print(f"| {trial.part} | {own[0]:.3f} ({low:.3f}–{high:.3f}) | {interval(own - found['whole'])} |")


if __name__ == "__main__":
    main()
