# SPDX-License-Identifier: Apache-2.0
"""The usual Python way from a JPEG to P(disease): Pillow decodes and resizes, PyTorch judges; one process.

In: a workspace. Out: two lines of JSON, one at the first probability, one with the times. Called by contestants.py.
"""
import argparse
import io
import json
import time
from pathlib import Path

import numpy
import torch
from engines import Setting, pytorch
from network import champion
from PIL import Image


class Judge:
    def __init__(self, workspace, threads):
        record = json.loads((champion(workspace) / "model.json").read_text())
        self.speaks_for_normal = record["positive_class"] == "normal"
        preprocessing = record["preprocessing"]
        self.size = preprocessing["width"], preprocessing["height"]
        setting = Setting(batch=1, side=self.size[0], threads=threads, precision="float32", cached=False)
        self.infer = pytorch(workspace, setting)
        self.mean = torch.tensor(preprocessing["mean"]).reshape(3, 1, 1)
        self.deviation = torch.tensor(preprocessing["deviation"]).reshape(3, 1, 1)

    def probability_of_disease(self, jpeg):
        """torchvision's ToTensor and Normalize, written out."""
        picture = Image.open(io.BytesIO(jpeg)).convert("RGB").resize(self.size, Image.Resampling.BILINEAR)
        samples = torch.from_numpy(numpy.asarray(picture).copy()).permute(2, 0, 1).float().div(255)
        logit = float(self.infer(((samples - self.mean) / self.deviation)[None].numpy())[0])
        return 1 / (1 + numpy.exp(logit if self.speaks_for_normal else -logit))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    judge = Judge(arguments.workspace, arguments.threads)
    jpeg = (arguments.workspace / "large.jpg").read_bytes()
    print(json.dumps({"probability": float(judge.probability_of_disease(jpeg))}), flush=True)
    runs = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        judge.probability_of_disease(jpeg)
        runs.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"runs_ms": runs}))


if __name__ == "__main__":
    main()
