"""Training steps of a full-width network from real weights, by PyTorch, for `fundusd-fixtures training-parity`.

Writes into FOLDER, which is not the project's: steps.json (sizes, losses) and gradients.f32, the first step's gradients in
the order of the layout's table, little-endian. Inputs follow from names and a seed on both sides.

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
network = ResNet50(64, 1)
network.load_state_dict(torch.load(weights, weights_only=True))
network.train()
optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
losses = []
for step in range(steps):
    batch = torch.cat([seeded_input(f"step {step}/{i}", SEED, SIDE, SIDE) for i in range(IMAGES)])
    targets = torch.tensor([[float((step + i) % 3 == 0)] for i in range(IMAGES)])
    optimizer.zero_grad()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(network(batch), targets)
    loss.backward()
    if step == 0:
        with open(folder / "gradients.f32", "wb") as file:
            for parameter in network.parameters():
                file.write(parameter.grad.contiguous().numpy().astype("<f4").tobytes())
    optimizer.step()
    losses.append(loss.item())
(folder / "steps.json").write_text(json.dumps({
    "madeBy": f"PyTorch {torch.__version__}", "seed": SEED, "images": IMAGES, "side": SIDE,
    "learningRate": LEARNING_RATE, "losses": losses}))
