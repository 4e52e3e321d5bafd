# SPDX-License-Identifier: Apache-2.0
"""Writes adam.json: parameters after each of 12 steps of PyTorch's Adam and AdamW in float32 on fixed gradients.

Gradients of step s for value i are ((s·7 + i·3) mod 11 − 5)/4, 0 for the last value; parameters begin at i/8 − 1. The
learning rate is 0.01, weight decay 0.1 where there is one. Tolerance of the test: 1e-6. Run: python make_adam.py
"""
import json
import pathlib

import torch

COUNT, STEPS = 20, 12


def run(make):
    parameter = torch.nn.Parameter(torch.arange(COUNT) / 8 - 1)
    optimizer = make([parameter])
    rows = []
    for step in range(STEPS):
        gradient = torch.tensor([((step * 7 + i * 3) % 11 - 5) / 4 for i in range(COUNT)])
        gradient[-1] = 0
        parameter.grad = gradient
        optimizer.step()
        rows.append([float(f"{v:.9g}") for v in parameter.tolist()])
    return rows


document = {
    "madeBy": f"PyTorch {torch.__version__}",
    "none": run(lambda p: torch.optim.Adam(p, lr=0.01)),
    "coupled": run(lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1)),
    "decoupled": run(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
}
pathlib.Path(__file__).with_name("adam.json").write_text(json.dumps(document) + "\n")
