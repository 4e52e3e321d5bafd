# SPDX-License-Identifier: Apache-2.0
"""Writes layers.json: outputs and gradients of single layers in training mode, by PyTorch's autograd in float64.

The file names the version. Inputs are multiples of 1/64 (of 1/4 for the pool, so that windows hold equal values), so they
are exact in any float type. Tolerance of the test: 1e-10 absolute, twelve digits being written. Run: python make_layers.py
"""
import json
import pathlib

import torch
from torch.nn import functional as F

torch.manual_seed(5)


def exact(*shape, step=64):
    return (torch.randint(-step, step + 1, shape).double() / step).requires_grad_()


def written(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().flatten().tolist()]


def case(layer, output, gradient, **tensors):
    output.backward(gradient)
    result = {"layer": layer, "gradient": written(gradient), "output": written(output)}
    for name, tensor in tensors.items():
        result[name] = written(tensor)
        result[name + "Gradient"] = written(tensor.grad)
    return result


def extent(tensor):
    return dict(zip(("images", "channels", "height", "width"), tensor.shape))


def convolution(images, channels, height, width, outputs, kernel, stride, padding):
    x, w = exact(images, channels, height, width), exact(outputs, channels, kernel, kernel)
    y = F.conv2d(x, w, stride=stride, padding=padding)
    return case("convolution", y, exact(*y.shape), input=x, weights=w) | extent(x) | {
        "outputs": outputs, "window": [kernel, stride, padding]}


def normalization(images, channels, height, width):
    x, scale, shift = exact(images, channels, height, width), exact(channels), exact(channels)
    mean, variance = exact(channels).detach(), exact(channels).detach().abs()
    before = {"runningMean": written(mean), "runningVariance": written(variance)}
    y = F.batch_norm(x, mean, variance, scale, shift, training=True, momentum=0.1, eps=1e-5)
    return case("normalization", y, exact(*y.shape), input=x, scale=scale, shift=shift) | extent(x) | before | {
        "nextRunningMean": written(mean), "nextRunningVariance": written(variance)}


def maximum(images, channels, height, width, kernel, stride, padding):
    x = exact(images, channels, height, width, step=4)
    y = F.max_pool2d(x, kernel, stride, padding)
    return case("maximum", y, exact(*y.shape), input=x) | extent(x) | {"window": [kernel, stride, padding]}


def average(images, channels, height, width):
    x = exact(images, channels, height, width)
    y = F.adaptive_avg_pool2d(x, 1)
    return case("average", y, exact(*y.shape), input=x) | extent(x)


def rectifier(images, channels, height, width):
    x = exact(images, channels, height, width, step=4)
    y = F.relu(x)
    return case("rectifier", y, exact(*y.shape), input=x) | extent(x)


def linear(images, inputs, outputs):
    x, w, b = exact(images, inputs), exact(outputs, inputs), exact(outputs)
    y = F.linear(x, w, b)
    return case("linear", y, exact(*y.shape), input=x, weights=w, bias=b) | {"outputs": outputs}


cases = [
    convolution(2, 3, 5, 4, 2, 1, 1, 0), convolution(2, 2, 5, 6, 3, 1, 2, 0), convolution(2, 2, 4, 5, 3, 3, 1, 1),
    convolution(1, 2, 5, 6, 2, 3, 2, 1), convolution(2, 1, 9, 8, 2, 7, 2, 3), convolution(1, 2, 7, 8, 1, 2, 3, 0),
    normalization(2, 3, 4, 5), normalization(1, 2, 1, 2), normalization(5, 1, 1, 1),
    maximum(2, 2, 7, 8, 3, 2, 1), maximum(1, 1, 6, 5, 2, 1, 0),
    average(2, 3, 3, 4), rectifier(1, 2, 3, 4), linear(3, 5, 1), linear(2, 4, 3),
]
document = {"madeBy": f"PyTorch {torch.__version__}, float64", "cases": cases}
pathlib.Path(__file__).with_name("layers.json").write_text(json.dumps(document) + "\n")
