# SPDX-License-Identifier: Apache-2.0
"""Writes logits.json: what PyTorch gives for seeded networks and seeded inputs.

Made with the versions that the file names, on one x86-64 processor. Tolerance of the test: 1e-4 absolute against the
float32 column; the float64 column shows how far float32 itself is from the truth. Run: python make_golden.py
"""
import json
import pathlib

import torch
from seeded_resnet50 import seeded_input, seeded_network

SEED = 2015
CASES = [  # name, base width, outputs, height, width, inputs
    ("full width, 224×224", 64, 1, 224, 224, 20),
    ("narrow, ImageNet head", 8, 1000, 64, 64, 2),
    ("narrow, smallest input", 8, 3, 32, 32, 2),
    ("narrow, odd sides", 8, 3, 33, 47, 2),
    ("narrow, wide", 8, 3, 65, 250, 2),
    ("narrow, tall", 8, 3, 225, 90, 2),
]


def run(base_width, outputs, height, width, count):
    inputs = torch.cat([seeded_input(f"input/{i}", SEED, height, width) for i in range(count)])
    network = seeded_network(base_width, outputs, SEED)
    with torch.no_grad():
        single = torch.cat([network(x[None]) for x in inputs])
        double = torch.cat([network.double()(x[None].double()) for x in inputs])
    print(base_width, outputs, height, width, "deviation", single.std().item(), "mean", single.mean().item(),
          "float32 error", (single.double() - double).abs().max().item())
    print(single.flatten()[:20])
    return [[float(f"{v:.9g}") for v in row.tolist()] for row in single], \
        [[float(f"{v:.12g}") for v in row.tolist()] for row in double]


torch.set_num_threads(1)
cases = []
for name, base_width, outputs, height, width, count in CASES:
    single, double = run(base_width, outputs, height, width, count)
    cases.append({"name": name, "baseWidth": base_width, "outputs": outputs, "height": height, "width": width,
                  "seed": SEED, "logits32": single, "logits64": double})
document = {"madeBy": f"PyTorch {torch.__version__}, one thread", "cases": cases}
pathlib.Path(__file__).with_name("logits.json").write_text(json.dumps(document, ensure_ascii=False) + "\n")
