# SPDX-License-Identifier: Apache-2.0
"""Writes bf16.json: what training in bf16 costs PyTorch itself, as the yardstick for ours.

One seeded network (seeded_resnet50.py) takes twenty steps of Adam on one batch, in float32 and under torch.autocast with
bfloat16. bf16.json has both runs' losses, and the first step's gradients under autocast as distances from float32's, in
shares of each tensor's norm: on maps as small as these rounding alone turns a gradient about.
Tolerances of the tests: gradients' median and largest distance at most 1.25 times PyTorch's, losses at most twice as far
from float32's as PyTorch's farthest.
Run: python make_bf16.py
"""
import json
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "ResNetTests" / "Golden"))
from seeded_resnet50 import seeded_input, seeded_network  # noqa: E402

SEED, STEPS, LEARNING_RATE = 1512, 20, 0.0001
BASE_WIDTH, SIDE, IMAGES = 8, 64, 8


def train(is_rounded):
    network = seeded_network(BASE_WIDTH, 1, SEED).train().to(memory_format=torch.channels_last)
    inputs = torch.cat([seeded_input(f"step 0/{i}", SEED, SIDE, SIDE) for i in range(IMAGES)])
    inputs = inputs.to(memory_format=torch.channels_last)
    targets = torch.tensor([[float(i % 3 == 0)] for i in range(IMAGES)])
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    losses, first = [], None
    for _ in range(STEPS):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_rounded):
            logits = network(inputs)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), targets)
        loss.backward()
        first = first or [parameter.grad.double().clone() for parameter in network.parameters()]
        optimizer.step()
        losses.append(float(f"{loss.item():.9g}"))
    return losses, first


torch.set_num_threads(1)
losses, gradients = train(False)
rounded_losses, rounded_gradients = train(True)
distances = sorted(((a - b).norm() / b.norm()).item() for a, b in zip(rounded_gradients, gradients))
document = {
    "madeBy": f"PyTorch {torch.__version__}, one thread", "seed": SEED, "learningRate": LEARNING_RATE,
    "baseWidth": BASE_WIDTH, "side": SIDE, "images": IMAGES, "losses": losses, "roundedLosses": rounded_losses,
    "medianDistance": float(f"{distances[len(distances) // 2]:.4g}"), "largestDistance": float(f"{distances[-1]:.4g}")}
(HERE / "bf16.json").write_text(json.dumps(document, indent=1) + "\n")
print({key: document[key] for key in ("medianDistance", "largestDistance")})
