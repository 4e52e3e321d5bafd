# SPDX-License-Identifier: Apache-2.0
"""Writes checkpoints/*.pth and checkpoints.json: what torch.save makes, and what a hostile person makes.

`narrow.pth` holds a whole network of base width 2, with its logits (tolerance 1e-4); the others hold one or two small
tensors each, or a pickle that must be refused; `views.pth` holds a network of base width 1 in one storage, `aliased.pth` one
whose tensors all begin at the same byte. Made with the
PyTorch version that checkpoints.json names.
Run: python make_golden.py
"""
import collections
import io
import json
import pathlib
import pickle
import struct
import sys
import zipfile

import torch

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "ResNetTests" / "Golden"))
from seeded_resnet50 import seeded_input, seeded_network  # noqa: E402

FOLDER = HERE / "checkpoints"
FOLDER.mkdir(exist_ok=True)
SEED = 5
small = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4
good, bad = [], []


def accept(name, value, tensors, **options):
    torch.save(value, FOLDER / f"{name}.pth", **options)
    good.append({"file": f"{name}.pth", "tensors": {k: {"shape": list(t.shape), "values": t.flatten().tolist()}
                                                    for k, t in tensors.items()}})


def refuse(name, code, words, data):
    (FOLDER / f"{name}.pth").write_bytes(data)
    bad.append({"file": f"{name}.pth", "code": code, "words": words})


def archive(program, method=zipfile.ZIP_STORED, byteorder=b"little", extra=()):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as zipped:
        for name, data in [("m/data.pkl", program), ("m/byteorder", byteorder), ("m/data/0", bytes(24)), *extra]:
            zipped.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


class Call:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def program(value):
    return pickle.dumps(value, protocol=2)


network = seeded_network(2, 1, SEED)
torch.save(network.state_dict(), FOLDER / "narrow.pth")
with torch.no_grad():
    logit = network(seeded_input("input/0", SEED, 64, 64)).item()

accept("ordered", collections.OrderedDict(a=small, b=small + 1), {"a": small, "b": small + 1})
accept("parameter", {"a": torch.nn.Parameter(small)}, {"a": small})
accept("transposed", {"a": small.t()}, {"a": small.t()})
accept("slice", {"a": small[:, 1]}, {"a": small[:, 1]})
accept("shared", {"a": small, "b": small[1]}, {"a": small, "b": small[1]})
accept("half", {"a": small.half()}, {"a": small})
accept("bfloat16", {"a": small.bfloat16()}, {"a": small})
accept("double", {"a": small.double()}, {"a": small})
accept("nested", {"epoch": 3, "loss": 0.5, "state_dict": {"module.a": small}, "best": None, "flags": [True, (1, -2)],
                  "big": 2**40, "negative": -(2**40)}, {"module.a": small})
accept("model-key", {"model": {"_orig_mod.a": small}, "name": "ä"}, {"_orig_mod.a": small})
accept("scalar", {"a": torch.tensor(1.5), "counter": torch.tensor(7)}, {"a": torch.tensor(1.5)})

accept("legacy", {"state_dict": {"a": small.t(), "b": small[1]}, "epoch": 2}, {"a": small.t(), "b": small[1]},
       _use_new_zipfile_serialization=False)

# What training scripts keep beside the weights; none of it is built.
import argparse  # noqa: E402

import numpy as np  # noqa: E402
accept("training-script", {
    "args": argparse.Namespace(arch="resnet50", lr=0.1, out=pathlib.PurePosixPath("runs/1")), "best": np.float64(0.91),
    "curve": np.arange(3.0), "seen": collections.defaultdict(int, a=1), "device": torch.device("cuda:0"),
    "dtype": torch.float32, "size": torch.Size([2, 3]), "optimizer": {"state": {0: {"exp_avg": small}}, "param_groups": []},
    "model": {"state_dict": collections.OrderedDict(a=small)}}, {"a": small})

# Every tensor a view of one storage, as a flattened copy of the parameters leaves them.
views = seeded_network(1, 1, SEED).state_dict()
flat = torch.cat([tensor.float().flatten() for tensor in views.values()])
place = 0
for name, tensor in views.items():
    views[name] = flat[place:place + tensor.numel()].view(tensor.shape)
    place += tensor.numel()
torch.save(views, FOLDER / "views.pth")
flat = torch.zeros(max(tensor.numel() for tensor in network.state_dict().values()))
torch.save({name: flat[:tensor.numel()].view(tensor.shape) for name, tensor in network.state_dict().items()},
           FOLDER / "aliased.pth")

import os  # noqa: E402
refuse("os-system", "refused", "posix.system", archive(program({"a": Call(os.system, "echo harm")})))
refuse("eval", "refused", "__builtin__.eval", archive(program({"a": Call(eval, "1 + 1")})))
refuse("whole-module", "refused", "collections.deque", archive(program(collections.deque([1]))))
refuse("torch-function", "refused", "torch.set_num_threads", archive(b"\x80\x02ctorch\nset_num_threads\nK\x01\x85R."))
refuse("protocol-4", "unsupported", "protocol", archive(pickle.dumps({"a": 1}, protocol=4)))
refuse("instance", "refused", "0x69", archive(b"\x80\x02(ios\nsystem\n."))
refuse("no-dictionary", "mismatch", "no dictionary", archive(program([1, 2, 3])))
refuse("self-containing", "mismatch", "no dictionary", archive(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s."))
refuse("deep-tuples", "mismatch", "no dictionary", archive(b"\x80\x02)" + b"\x85" * 3000 + b"."))
refuse("huge-string", "damaged", "announces", archive(b"\x80\x02X\xff\xff\xff\xffabc."))
refuse("huge-long", "damaged", "64 bits", archive(b"\x80\x02\x8a\x10" + bytes(16) + b"."))
refuse("empty-stack", "damaged", "empty stack", archive(b"\x80\x02."))
refuse("no-mark", "damaged", "mark", archive(b"\x80\x02t."))
refuse("unknown-memo", "damaged", "recalls", archive(b"\x80\x02j\xff\xff\xff\xff."))


def tensor_program(shape, strides, count=6, offset=0):
    def tuple_of(numbers):
        return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", n) for n in numbers) + b"t"
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu\x8a\x08" + \
        struct.pack("<q", count) + b"tQ"
    return b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n(" + storage + b"\x8a\x08" + \
        struct.pack("<q", offset) + tuple_of(shape) + tuple_of(strides) + b"\x89N" + b"tRs."


refuse("expanded", "damaged", "larger than its storage", archive(tensor_program([2**40], [0])))
refuse("overflowing", "damaged", "larger than its storage", archive(tensor_program([2**33, 2**33], [1, 1])))
refuse("far-stride", "damaged", "larger than its storage", archive(tensor_program([2, 3], [2**62, 2**62])))
refuse("outside", "damaged", "larger than its storage", archive(tensor_program([6], [1], offset=1)))
refuse("negative", "damaged", "unknown way", archive(tensor_program([-6], [1])))
refuse("lying-storage", "damaged", "bytes for", archive(tensor_program([1000], [1], count=2**61)))
refuse("compressed", "unsupported", "compressed", archive(tensor_program([6], [1]), zipfile.ZIP_DEFLATED))
refuse("big-endian", "unsupported", "big-endian", archive(tensor_program([6], [1]), byteorder=b"big"))


def overlapping(count):
    """A directory of many names for the same bytes."""
    whole = archive(tensor_program([6], [1]), extra=[(f"m/data/{10 + n}", b"") for n in range(count)])
    buffer = bytearray(whole)
    first = whole.index(b"PK\x01\x02")
    entries = [first + at for at in range(len(whole) - first) if whole[first + at:first + at + 4] == b"PK\x01\x02"]
    model = next(at for at in entries if whole[at + 46:at + 56] == b"m/data.pkl")
    for at in entries[-count:]:
        buffer[at + 16:at + 28] = whole[model + 16:model + 28]
        buffer[at + 42:at + 46] = whole[model + 42:model + 46]
    return bytes(buffer)


refuse("overlapping", "damaged", "larger than the file", overlapping(200))
refuse("twice", "damaged", "twice", archive(tensor_program([6], [1]), extra=[("m/data/0", b"")]))
refuse("no-pickle", "unsupported", "torch.save", b"PK\x05\x06" + bytes(18))
refuse("torchscript", "unsupported", "TorchScript", archive(program({}), extra=[("m/constants.pkl", b"")]))
refuse("pickle", "unsupported", "is a pickle, but not one", program({"a": 1}))
refuse("text", "unsupported", "neither", b"hello, this is no model at all\n")
refuse("empty", "unsupported", "neither", b"")

(HERE / "checkpoints.json").write_text(json.dumps(
    {"madeBy": f"PyTorch {torch.__version__}", "narrow": {"seed": SEED, "logit": logit}, "good": good, "bad": bad},
    indent=1) + "\n")
