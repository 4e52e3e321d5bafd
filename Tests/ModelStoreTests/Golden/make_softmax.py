# SPDX-License-Identifier: Apache-2.0
"""Writes softmax.json: what PyTorch's softmax makes of the logits of narrow networks with several outputs.

The networks and inputs are those of Tests/ResNetTests/Golden/seeded_resnet50.py, so no weights are kept. P(disease) is
1 − softmax(logits)[normal] in float64 of float32 logits; tolerance 1e-6. `slopes` is the gradient of the logit of
P(disease) with respect to the logits, by autograd. Run: python make_softmax.py
"""
import json
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "ResNetTests" / "Golden"))
from seeded_resnet50 import seeded_input, seeded_network  # noqa: E402

SEED, BASE_WIDTH = 11, 2
cases = []
for outputs, normal in [(2, 0), (2, 1), (3, 2), (5, 0), (8, 3), (20, 19)]:
    network = seeded_network(BASE_WIDTH, outputs, SEED)
    with torch.no_grad():
        logits = network(seeded_input("eye", SEED, 224, 224))[0]
    values = logits.double().requires_grad_()
    probability = 1 - torch.softmax(values, 0)[normal]
    torch.logit(probability).backward()
    cases.append({"outputs": outputs, "normal": normal, "logits": logits.tolist(), "probability": probability.item(),
                  "slopes": values.grad.tolist()})
(HERE / "softmax.json").write_text(json.dumps(
    {"madeBy": f"PyTorch {torch.__version__}", "seed": SEED, "baseWidth": BASE_WIDTH, "cases": cases}, indent=1) + "\n")
