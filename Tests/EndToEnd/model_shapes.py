# SPDX-License-Identifier: Apache-2.0
"""Files as people really have them of a ResNet-50 that judges eyes, imported by fundusd and compared with PyTorch.

Each case saves seeded random weights in one of the usual ways, `fundusd model import`s the file, has one drawn eye judged,
and compares P(disease) and its logit with PyTorch's on the same picture, resized by Pillow. Files that are no ResNet-50 must be
refused with a sentence that says so. Prints the table of docs/models.md; exits 1 where a line is not as it should be.

    python model_shapes.py FUNDUSD FUNDUSD-FIXTURES FOLDER

Needs torch, torchvision, Pillow and safetensors; timm and transformers for their lines.
"""
import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torch import nn

LIMIT = 1e-6
#: Weights rounded to half precision on the way into the file are compared with the same rounded weights.
fundusd, fixtures, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
eye, state = folder / "eye.jpg", folder / "state"
cases = []


def case(title, *options, refused=None):
    """Registers a function that writes a file at a path, and gives the network of that file or None."""
    def register(write):
        cases.append((title, list(options), refused, write))
        return write
    return register


def resnet50(outputs=1, head=None, seed=1):
    """torchvision's, its statistics as after training, its last layer such that P is neither 0 nor 1."""
    torch.manual_seed(seed)
    network = torchvision.models.resnet50(weights=None, num_classes=outputs)
    if head is not None:
        network.fc = head
    return settled(network)


def settled(network):
    """Running statistics that are not 0 and 1, and outputs of a size that a classifier has."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.6, 1.4)
            nn.init.uniform_(module.weight, 0.5, 1.0)
            nn.init.uniform_(module.bias, -0.1, 0.1)
            module.num_batches_tracked.fill_(1000)
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        last.weight.mul_(0.2)
    return network.eval()


def prefixed(state, prefix):
    return {prefix + name: tensor for name, tensor in state.items()}


class Backbone(nn.Module):
    """A trunk as an attribute, a head of its own: how most training scripts look."""

    def __init__(self, outputs, trunk="backbone", head="classifier", linear=None):
        super().__init__()
        network = torchvision.models.resnet50(weights=None)
        network.fc = nn.Identity()
        self.names = trunk, head
        setattr(self, trunk, network)
        setattr(self, head, linear or nn.Linear(2048, outputs))

    def forward(self, x):
        trunk, head = self.names
        return getattr(self, head)(getattr(self, trunk)(x))


class Features(nn.Module):
    """The children of a ResNet-50 in a Sequential."""

    def __init__(self, outputs):
        super().__init__()
        self.features = nn.Sequential(*list(torchvision.models.resnet50(weights=None).children())[:-1])
        self.classifier = nn.Linear(2048, outputs)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


NORMAL, DISEASE = ("--positive-class", "normal"), ("--positive-class", "disease")


def softmax(number):
    return "--normal-class", str(number)


@case("torchvision, 1 output, `state_dict` (.pth)", *NORMAL)
def _(path):
    network = resnet50()
    torch.save(network.state_dict(), path)
    return network


@case("the same as .safetensors", *DISEASE)
def _(path):
    network = resnet50()
    save_file(network.state_dict(), path)
    return network


@case("2 outputs, softmax, ImageFolder's disease = 0, normal = 1", *softmax(1))
def _(path):
    network = resnet50(2)
    torch.save(network.state_dict(), path)
    return network


@case("2 outputs, softmax, normal = 0, .safetensors", *softmax(0))
def _(path):
    network = resnet50(2)
    save_file(network.state_dict(), path)
    return network


@case("5 outputs: grades of retinopathy, 0 is none", *softmax(0))
def _(path):
    network = resnet50(5)
    torch.save(network.state_dict(), path)
    return network


@case("8 outputs: ODIR's classes", *softmax(0))
def _(path):
    network = resnet50(8)
    save_file(network.state_dict(), path)
    return network


@case("DataParallel: `module.`, {epoch, state_dict, optimizer}", *softmax(1))
def _(path):
    network = resnet50(2)
    wrapped = nn.DataParallel(network)
    adam = torch.optim.Adam(wrapped.parameters())
    network(torch.zeros(1, 3, 64, 64)).sum().backward()
    adam.step()
    torch.save({"epoch": 7, "state_dict": wrapped.state_dict(), "optimizer": adam.state_dict(), "best": np.float64(0.9)},
               path)
    return network.eval()


@case("torchvision's reference script: {model, args: Namespace, …}", *DISEASE)
def _(path):
    network = resnet50()
    torch.save({"model": network.state_dict(), "epoch": 3, "args": argparse.Namespace(lr=0.1, out=pathlib.Path("runs"))},
               path)
    return network


@case("Lightning: {state_dict: `model.…`, `criterion.weight`, hyper_parameters}", *softmax(0))
def _(path):
    network = resnet50(2)
    state = prefixed(network.state_dict(), "model.") | {"criterion.weight": torch.ones(2)}
    torch.save({"epoch": 1, "global_step": 10, "pytorch-lightning_version": "2.5", "state_dict": state,
                "loops": {"fit_loop": {}}, "callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(0.9)}},
                "optimizer_states": [], "lr_schedulers": [], "hparams_name": "kwargs",
                "hyper_parameters": {"lr": 1e-3}}, path)
    return network


@case("torch.compile: `_orig_mod.`", *NORMAL)
def _(path):
    network = resnet50()
    torch.save(prefixed(network.state_dict(), "_orig_mod."), path)
    return network


@case("DataParallel in compile in Lightning: `model._orig_mod.module.`, .safetensors", *softmax(1))
def _(path):
    network = resnet50(2)
    save_file(prefixed(network.state_dict(), "model._orig_mod.module."), path)
    return network


@case("head Sequential(Dropout, Linear): `fc.1`", *softmax(0))
def _(path):
    network = resnet50(head=nn.Sequential(nn.Dropout(0.5), nn.Linear(2048, 2)))
    torch.save(network.state_dict(), path)
    return network


@case("head Sequential(Linear, Sigmoid): `fc.0`", *DISEASE)
def _(path):
    network = resnet50(head=nn.Sequential(nn.Linear(2048, 1), nn.Sigmoid()))
    torch.save({"model_state_dict": network.state_dict()}, path)
    network.fc = network.fc[0]
    return network


@case("`backbone.` and `classifier`, {net: …}", *softmax(1))
def _(path):
    torch.manual_seed(1)
    network = settled(Backbone(2))
    torch.save({"net": network.state_dict(), "acc": 91.5, "epoch": 12}, path)
    return network


@case("`encoder.` and `head.1`, .safetensors", *softmax(0))
def _(path):
    torch.manual_seed(1)
    network = settled(Backbone(5, "encoder", "head", nn.Sequential(nn.Dropout(0.2), nn.Linear(2048, 5))))
    save_file(network.state_dict(), path)
    return network


@case("`features.0` … `features.7`: a Sequential of the children", *softmax(0))
def _(path):
    torch.manual_seed(1)
    network = settled(Features(2))
    torch.save(network.state_dict(), path)
    return network


@case("timm's resnet50, .safetensors", *softmax(0))
def _(path):
    import timm
    torch.manual_seed(1)
    network = settled(timm.create_model("resnet50", num_classes=5))
    save_file(network.state_dict(), path)
    return network


@case("transformers' ResNetForImageClassification", *softmax(1))
def _(path):
    import transformers
    torch.manual_seed(1)
    network = settled(transformers.ResNetForImageClassification(transformers.ResNetConfig(num_labels=2)))
    save_file(network.state_dict(), path)
    return lambda x: network(x).logits


@case("all weights half precision", *softmax(1))
def _(path):
    network = resnet50(2).half()
    torch.save(network.state_dict(), path)
    return network.float()


@case("all weights bfloat16, .safetensors", *softmax(1))
def _(path):
    network = resnet50(2).bfloat16()
    save_file(network.state_dict(), path)
    return network.float()


@case("all weights float64", *NORMAL)
def _(path):
    network = resnet50().double()
    torch.save(network.state_dict(), path)
    return network.float()


@case("channels_last", *softmax(0))
def _(path):
    network = resnet50(2).to(memory_format=torch.channels_last)
    torch.save(network.state_dict(), path)
    return network


@case("every tensor a view of one storage", *NORMAL)
def _(path):
    network = resnet50()
    state = network.state_dict()
    flat = torch.cat([tensor.float().flatten() for tensor in state.values()])
    place = 0
    for name, tensor in state.items():
        state[name] = flat[place:place + tensor.numel()].view(tensor.shape)
        place += tensor.numel()
    torch.save(state, path)
    return network


@case("without num_batches_tracked", *DISEASE)
def _(path):
    network = resnet50()
    torch.save({name: tensor for name, tensor in network.state_dict().items() if "tracked" not in name}, path)
    return network


@case("AveragedModel: `module.`, n_averaged; thop's total_ops", *DISEASE)
def _(path):
    network = resnet50()
    average = torch.optim.swa_utils.AveragedModel(network)
    torch.save(average.state_dict() | {"module.conv1.total_ops": torch.zeros(1, dtype=torch.float64)}, path)
    return network


@case("before PyTorch 1.6 (no zip), DataParallel", *NORMAL)
def _(path):
    network = resnet50()
    torch.save({"state_dict": prefixed(network.state_dict(), "module.")}, path, _use_new_zipfile_serialization=False)
    return network


@case("2 outputs without an option", refused="has 2 outputs; say which one means normal: --normal-class 0 to 1")
def _(path):
    torch.save(resnet50(2).state_dict(), path)


@case("1000 outputs as a judge", *softmax(0), refused="has 1000 outputs, so it is a base for training")
def _(path):
    torch.save(torchvision.models.resnet50(weights=None).state_dict(), path)


@case("a whole module: torch.save(model)", *NORMAL, refused="refers to torchvision.models.resnet.ResNet")
def _(path):
    torch.save(resnet50(), path)


@case("TorchScript", *NORMAL, refused="is a TorchScript program")
def _(path):
    torch.jit.save(torch.jit.trace(resnet50(), torch.zeros(1, 3, 64, 64)), path)


@case("a head of two layers", *softmax(0), refused="ends in 2 layers with weights, fc.0, fc.3")
def _(path):
    head = nn.Sequential(nn.Linear(2048, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 2))
    torch.save(resnet50(head=head).state_dict(), path)


for name, words in [("resnet18", "a ResNet-18"), ("resnet34", "a ResNet-34"), ("resnet101", "a ResNet-101"),
                    ("wide_resnet50_2", "a wide ResNet"), ("resnext50_32x4d", "a ResNeXt"),
                    ("densenet121", "a DenseNet"), ("efficientnet_b0", "an EfficientNet"), ("vit_b_16", "a vision")]:
    @case(name, *softmax(0), refused=f"holds what looks like {words}")
    def _(path, name=name):
        torch.save(prefixed(getattr(torchvision.models, name)(weights=None, num_classes=2).state_dict(), "module."), path)


def run(*arguments):
    return subprocess.run([fundusd, *map(str, arguments)], capture_output=True, text=True)


def pixels():
    """The picture as every training script sees it: Pillow's bilinear 224 × 224, ImageNet's mean and deviation."""
    picture = Image.open(eye).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return (values - mean[:, None, None]) / deviation[:, None, None]


def expected(network, options):
    """The logit of P(disease), in float64 from float32 outputs."""
    with torch.no_grad():
        outputs = network(pixels())[0].double()
    if options[0] == "--positive-class":
        return outputs[0].item() * (1 if options[1] == "disease" else -1)
    normal = int(options[1])
    diseased = torch.cat([outputs[:normal], outputs[normal + 1:]])
    return (torch.logsumexp(diseased, 0) - outputs[normal]).item()


def sigmoid(logit):
    return 1 / (1 + math.exp(-logit))


def line(title, options, refused, write):
    """The table's cells, and whether they are as they should be."""
    path = folder / ("model.safetensors" if ".safetensors" in title or "transformers" in title else "model.pth")
    network = write(path)
    outcome = run("model", "import", *options, "--state", state, path)
    said = outcome.stderr.strip().replace(str(path), path.name).replace("fundusd: ", "")
    path.unlink()
    if refused is not None:
        good = outcome.returncode in (64, 65) and refused in said
        sentence = said.split("\n")[-1].removeprefix(f"{path.name}: ").split("; ")[0]
        return [title, f"refused ({outcome.returncode}): {sentence}", ""], good
    if outcome.returncode != 0:
        return [title, f"FAILED ({outcome.returncode}): {said}", ""], False
    judged = run("classify", "--model", outcome.stdout.split()[0], "--state", state, eye)
    probability = json.loads(judged.stdout)["probability"]
    logit = expected(network, options)
    difference = abs(probability - sigmoid(logit))
    ours = math.log(probability / (1 - probability))
    return ([title, f"P {probability:.6f}", f"{difference:.0e}, logit {abs(ours - logit):.0e}"],
            difference <= LIMIT)


def main():
    torch.set_num_threads(2)
    chosen = sys.argv[4:]
    if not eye.exists():
        subprocess.run([fixtures, "draw-eye", "--lesions", "20", str(eye)], check=True)
    failures = 0
    print("| file | result | difference from PyTorch, P |\n| --- | --- | --- |", flush=True)
    for title, options, refused, write in cases:
        if chosen and not any(word in title for word in chosen):
            continue
        cells, good = line(title, options, refused, write)
        subprocess.run(["rm", "-rf", str(state)], check=True)
        failures += not good
        print("| " + " | ".join(cells) + " |" + ("" if good else "  <-- not as expected"), flush=True)
    print(f"model-shapes: {len(cases)} shapes, {failures} not as expected", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
