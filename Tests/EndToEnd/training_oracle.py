# SPDX-License-Identifier: Apache-2.0
"""Training steps of a full-width network from real weights, by PyTorch, for `fundusd-fixtures training-parity`.

Trains twice, in float32 (channels_last) and in float64, for at this width float32's own error is not small: a rounding
turns some of the millions of ReLUs the other way, and what their pixels bring to a gradient is gained or lost as a whole. Of
the norm of a gradient tensor that is about 1 %. Ours is held against float64 beside PyTorch's float32.

Writes into FOLDER, which is not the project's: steps.json (sizes, losses), gradients32.f32 and gradients64.f32, the first
step's gradients in the order of the layout's table as little-endian float32. Inputs follow from names and a seed on both
sides.

    python training_oracle.py WEIGHTS.pth FOLDER [STEPS]
"""
import json
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ResNetTests" / "Golden"))
from seeded_resnet50 import ResNet50, seeded_input  # noqa: E402

SEED, IMAGES, SIDE, LEARNING_RATE = 77, 8, 224, 0.0001

weights, folder = sys.argv[1], pathlib.Path(sys.argv[2])
steps = int(sys.argv[3]) if len(sys.argv) > 3 else 10


def train(dtype, memory_format, path):
    network = ResNet50(64, 1)
    network.load_state_dict(torch.load(weights, weights_only=True))
    network = network.to(dtype=dtype, memory_format=memory_format).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    losses = []
    for step in range(steps):
        batch = torch.cat([seeded_input(f"step {step}/{i}", SEED, SIDE, SIDE) for i in range(IMAGES)])
        targets = torch.tensor([[float((step + i) % 3 == 0)] for i in range(IMAGES)], dtype=dtype)
        optimizer.zero_grad()
        logits = network(batch.to(dtype=dtype, memory_format=memory_format))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
        loss.backward()
        if step == 0:
            with open(path, "wb") as file:
                for parameter in network.parameters():
                    file.write(parameter.grad.contiguous().numpy().astype("<f4").tobytes())
        optimizer.step()
        losses.append(loss.item())
    return losses


losses32 = train(torch.float32, torch.channels_last, folder / "gradients32.f32")
losses64 = train(torch.float64, torch.contiguous_format, folder / "gradients64.f32")
(folder / "steps.json").write_text(json.dumps({
    "madeBy": f"PyTorch {torch.__version__}", "seed": SEED, "images": IMAGES, "side": SIDE,
    "learningRate": LEARNING_RATE, "losses32": losses32, "losses64": losses64}))
