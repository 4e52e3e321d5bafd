# SPDX-License-Identifier: Apache-2.0
"""Writes steps.json and gradients.f32: training steps of seeded networks on seeded batches, by PyTorch.

Weights and inputs follow from names and a seed on both sides (Tests/ResNetTests/Golden/seeded_resnet50.py). steps.json has,
for each case, the logits of the first step, the losses of ten steps of Adam and the running statistics' sums after them,
in float32 and in float64; the distance between the two says what float32 itself costs. gradients.f32 has the first step's
float32 gradients of the first case, tensor after tensor in the layout's order, little-endian.
Tolerances of the tests: losses 1e-4 relative at the first step and 1e-3 over ten, each gradient tensor 1e-3 of its norm.
Run: python make_steps.py
"""
import json
import pathlib
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "ResNetTests" / "Golden"))
from seeded_resnet50 import seeded_input, seeded_network  # noqa: E402

SEED = 1512
STEPS = 10
# At 0.001 networks as narrow as these part by up to 1e-2 in float32 alone: Adam moves a weight whose gradient is nearly zero
# by the whole learning rate in either direction.
LEARNING_RATE = 0.0001
CASES = [  # base width, height, width, images
    (4, 64, 64, 4),
    (8, 64, 64, 8),
    (8, 65, 90, 3),
]


def batch(step, images, height, width):
    inputs = torch.cat([seeded_input(f"step {step}/{i}", SEED, height, width) for i in range(images)])
    targets = torch.tensor([[float((step + i) % 3 == 0)] for i in range(images)])
    return inputs, targets


def train(network, dtype, images, height, width):
    network = network.to(dtype).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    losses, first = [], None
    for step in range(STEPS):
        inputs, targets = batch(step, images, height, width)
        optimizer.zero_grad()
        logits = network(inputs.to(dtype))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets.to(dtype))
        loss.backward()
        if first is None:
            first = logits.flatten().tolist(), [p.grad.clone() for p in network.parameters()]
        optimizer.step()
        losses.append(loss.item())
    statistics = {name: tensor.sum().item() for name, tensor in network.named_buffers()
                  if name in ("bn1.running_mean", "bn1.running_var", "layer4.2.bn3.running_var")}
    return first, losses, statistics


def written(values):
    return [float(f"{value:.9g}") for value in values]


torch.set_num_threads(1)
document = {"madeBy": f"PyTorch {torch.__version__}, one thread", "seed": SEED, "learningRate": LEARNING_RATE, "cases": []}
for number, (base_width, height, width, images) in enumerate(CASES):
    (logits, gradients), losses, statistics = train(
        seeded_network(base_width, 1, SEED), torch.float32, images, height, width)
    (_, gradients64), losses64, _ = train(seeded_network(base_width, 1, SEED), torch.float64, images, height, width)
    apart = max(((a.double() - b).norm() / b.norm()).item() for a, b in zip(gradients, gradients64))
    print(base_width, height, width, images, "losses", written(losses), "float32's own error: losses",
          max(abs(a / b - 1) for a, b in zip(losses, losses64)), "gradients", apart)
    document["cases"].append({
        "baseWidth": base_width, "height": height, "width": width, "images": images, "logits": written(logits),
        "losses": written(losses), "losses64": written(losses64),
        "statistics": {name: float(f"{value:.9g}") for name, value in statistics.items()}})
    if number == 0:
        flat = np.concatenate([gradient.numpy().ravel() for gradient in gradients]).astype("<f4")
        (HERE / "gradients.f32").write_bytes(flat.tobytes())
(HERE / "steps.json").write_text(json.dumps(document, indent=1) + "\n")
