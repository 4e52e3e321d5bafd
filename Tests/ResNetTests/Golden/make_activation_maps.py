# SPDX-License-Identifier: Apache-2.0
"""Writes activation_maps.json: PyTorch's class activation maps of seeded networks on seeded inputs.

Literally the definition: the last map, weighted by the head's row of one output, plus its bias. Made with PyTorch 2.15,
float32, one thread. Tolerance of the test: 1e-4 absolute. Run: python make_activation_maps.py
"""
import json
import pathlib

import torch
from seeded_resnet50 import seeded_input, seeded_network

SEED = 1512
CASES = [  # base width, outputs, output, height, width
    (8, 1, 0, 224, 224),
    (8, 3, 2, 97, 250),
    (8, 3, 1, 32, 32),
]


def run(base_width, outputs, output, height, width):
    network = seeded_network(base_width, outputs, SEED)
    maps = []
    network.layer4.register_forward_hook(lambda module, inputs, result: maps.append(result))
    with torch.no_grad():
        logits = network(seeded_input("eye", SEED, height, width))
        values = torch.einsum("khw,k->hw", maps[0][0], network.fc.weight[output]) + network.fc.bias[output]
    assert abs(values.mean() - logits[0, output]) < 1e-4
    return {
        "baseWidth": base_width, "outputs": outputs, "output": output, "inputHeight": height, "inputWidth": width,
        "seed": SEED, "height": values.shape[0], "width": values.shape[1],
        "values": [float(f"{value:.7g}") for value in values.flatten().tolist()],
    }


torch.set_num_threads(1)
lines = [json.dumps(run(*case)) for case in CASES]
pathlib.Path(__file__).with_name("activation_maps.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
