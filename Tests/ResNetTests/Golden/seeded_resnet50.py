# SPDX-License-Identifier: Apache-2.0
"""ResNet-50 v1.5 in plain PyTorch with torchvision's names, and weights that come from names and a seed.

Needs torch and numpy only. The generator is the one of Sources/ResNet/SplitMix64.swift and SeededInput.swift and the
recipe that of Sources/Fixtures/SeededNetwork.swift: identical bits on both sides, so no weight file is committed.
"""
import math

import numpy as np
import torch
from torch import nn


def values(name, seed, count, bound):
    """(2u − 1)·bound with u the top 24 bits of SplitMix64, whose seed is FNV-1a(name) xor `seed`; float32."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(state ^ seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float32) / np.float32(16777216)
    return (np.float32(2) * unit - np.float32(1)) * np.float32(bound)


def seeded_input(name, seed, height, width):
    """Blocks of color, 8 × 8 over the picture, with fine noise on top; [1, 3, height, width]."""
    coarse = values(name + "/coarse", seed, 3 * 64, 1.5).reshape(3, 8, 8)
    fine = values(name + "/fine", seed, 3 * height * width, 0.5).reshape(3, height, width)
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 8 // width
    return torch.from_numpy(coarse[:, rows][:, :, columns] + fine)[None]


def seeded_tensor(name, shape, seed):
    count = math.prod(shape)
    leaf = name.rsplit(".", 1)[1]
    if name == "fc.weight":
        flat = values(name, seed, count, 0.5 * math.sqrt(3 / shape[1]))
    elif len(shape) == 4:
        flat = values(name, seed, count, math.sqrt(6 / math.prod(shape[1:])))
    elif name == "fc.bias":
        flat = values(name, seed, count, 0.5)
    elif leaf == "weight":
        scale = 0.25 if name.endswith("bn3.weight") else 1.0
        flat = np.float32(scale) + values(name, seed, count, scale * 0.25)
    elif leaf == "running_var":
        flat = np.float32(1) + values(name, seed, count, 0.5)
    else:
        flat = values(name, seed, count, 0.2)
    return torch.from_numpy(flat.reshape(shape))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, first):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        if first:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))
        else:
            self.downsample = nn.Identity()

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class ResNet50(nn.Module):
    def __init__(self, base_width=64, outputs=1):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, base_width, 7, 2, 3, bias=False), nn.BatchNorm2d(base_width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        channels = base_width
        for stage, (multiple, blocks, stride) in enumerate([(1, 3, 1), (2, 4, 2), (4, 6, 2), (8, 3, 2)], 1):
            layers = []
            for index in range(blocks):
                width = base_width * multiple
                layers.append(Bottleneck(channels, width, stride if index == 0 else 1, index == 0))
                channels = 4 * width
            setattr(self, f"layer{stage}", nn.Sequential(*layers))
        self.fc = nn.Linear(channels, outputs)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def seeded_network(base_width, outputs, seed):
    network = ResNet50(base_width, outputs)
    state = network.state_dict()
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            state[name] = seeded_tensor(name, tuple(tensor.shape), seed)
    network.load_state_dict(state)
    return network.eval()
