# SPDX-License-Identifier: Apache-2.0
"""The model of a workspace as a PyTorch network; its definition is the one that the tests' golden logits come from."""
import json
import sys
from pathlib import Path

import numpy
import torch

sys.path.append(str(Path(__file__).resolve().parents[2] / "Tests/ResNetTests/Golden"))
from seeded_resnet50 import ResNet50, seeded_input, seeded_network  # noqa: E402, F401


def champion(workspace):
    return workspace / "state/models/champion"


def read_safetensors(path):
    """The tensors of a float32 .safetensors file: eight bytes of header length, a JSON header, the values.

    The file is mapped, so that PyTorch's start and memory are no worse than with its own reader.
    """
    content = numpy.memmap(path, numpy.uint8, mode="c")
    start = 8 + int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8:start].tobytes())
    return {name: tensor(entry, content[start:]) for name, entry in header.items() if name != "__metadata__"}


def tensor(entry, data):
    if entry["dtype"] != "F32":
        raise ValueError(f"the model has {entry['dtype']} values, not F32")
    first, end = entry["data_offsets"]
    return torch.from_numpy(data[first:end].view(numpy.float32).reshape(entry["shape"]))


def load_network(workspace):
    with torch.device("meta"):  # no weights are drawn only to be thrown away
        network = ResNet50()
    missing, unknown = network.load_state_dict(
        read_safetensors(champion(workspace) / "model.safetensors"), strict=False, assign=True)
    faults = unknown + [name for name in missing if not name.endswith("num_batches_tracked")]
    if faults:
        raise ValueError(f"{workspace}: the model's tensors are not ResNet-50's: {faults}")
    return network.eval()
