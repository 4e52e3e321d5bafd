# SPDX-License-Identifier: Apache-2.0
"""Writes the network in ncnn's own format, batch norm folded and ReLU fused as ncnn's optimizer would do.

Format: https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure; layer parameters by number:
https://github.com/Tencent/ncnn/wiki/operation-param-weight-table.
"""
import struct

RECTIFIED = "9=1"


class NcnnModel:
    def __init__(self):
        self.lines, self.blobs, self.weights = [], 0, bytearray()

    def layer(self, kind, inputs, outputs, *parameters):
        name = outputs[0]
        self.lines.append(" ".join(
            [kind, name, str(len(inputs)), str(len(outputs)), *inputs, *outputs, *parameters]))
        self.blobs += len(outputs)
        return outputs[0]

    def convolution(self, name, source, convolution, normalization, *parameters):
        weight, bias = folded(convolution, normalization)
        self.weights += struct.pack("<I", 0) + values(weight) + values(bias)  # 0: float32 follows
        return self.layer(
            "Convolution", [source], [name], f"0={weight.shape[0]}", f"1={convolution.kernel_size[0]}",
            f"3={convolution.stride[0]}", f"4={convolution.padding[0]}", "5=1", f"6={weight.numel()}", *parameters)

    def bottleneck(self, name, source, block):
        main, side = f"{name}.main", f"{name}.side"
        self.layer("Split", [source], [main, side])
        x = self.convolution(f"{name}.conv1", main, block.conv1, block.bn1, RECTIFIED)
        x = self.convolution(f"{name}.conv2", x, block.conv2, block.bn2, RECTIFIED)
        x = self.convolution(f"{name}.conv3", x, block.conv3, block.bn3)
        if len(list(block.downsample.children())) == 2:
            side = self.convolution(f"{name}.downsample", side, *block.downsample)
        self.layer("BinaryOp", [x, side], [f"{name}.sum"], "0=0")
        return self.layer("ReLU", [f"{name}.sum"], [name])

    def head(self, source, linear):
        self.layer("Pooling", [source], ["mean"], "0=1", "4=1")
        self.weights += struct.pack("<I", 0) + values(linear.weight) + values(linear.bias)
        self.layer("InnerProduct", ["mean"], ["logit"], "0=1", "1=1", f"2={linear.weight.numel()}")

    def write(self, folder):
        text = "\n".join(["7767517", f"{len(self.lines)} {self.blobs}", *self.lines]) + "\n"
        (folder / "resnet50.param").write_text(text)
        (folder / "resnet50.bin").write_bytes(self.weights)


def folded(convolution, normalization):
    scale = normalization.weight.double() / (normalization.running_var.double() + normalization.eps).sqrt()
    bias = normalization.bias.double() - normalization.running_mean.double() * scale
    return (convolution.weight.double() * scale[:, None, None, None]).float(), bias.float()


def values(tensor):
    return tensor.detach().numpy().astype("<f4").tobytes()


def write_ncnn_model(network, folder):
    model = NcnnModel()
    model.layer("Input", [], ["input"])
    x = model.convolution("stem", "input", network.conv1, network.bn1, RECTIFIED)
    x = model.layer("Pooling", [x], ["pool"], "0=0", "1=3", "2=2", "3=1", "5=1")
    for stage in range(1, 5):
        for index, block in enumerate(getattr(network, f"layer{stage}")):
            x = model.bottleneck(f"layer{stage}.{index}", x, block)
    model.head(x, network.fc)
    model.write(folder)
