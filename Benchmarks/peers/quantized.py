# SPDX-License-Identifier: Apache-2.0
"""The network in int8, by each peer's own tool and ours, all calibrated on the same drawn eyes.

In: a workspace with resnet50.onnx and our model. Out: `holdout/`, quantization.json beside our model, `resnet50-int8.onnx`
(ONNX Runtime: static, QDQ, weights by channel) and `resnet50-int8.xml` (OpenVINO: NNCF), each by its tool's defaults. Called by
prepare.py.
"""
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy
from PIL import Image

PICTURES = 100  # the fewest that `fundusd model calibrate` goes by
MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def draw_holdout(folder, side, fixtures):
    """Eyes at the network's own size, so that nobody resizes: half of them with lesions."""
    for number in range(PICTURES):
        kind, lesions = ("disease", 12) if number % 2 else ("normal", 0)
        (folder / kind).mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [fixtures, "draw-eye", folder / kind / f"{number}.jpg", "--seed", str(number), "--side", str(side), "--lesions",
             str(lesions)], check=True, stdout=subprocess.DEVNULL)


def tensors(folder):
    """[1, 3, side, side] of each picture."""
    for path in sorted(folder.rglob("*.jpg")):
        with Image.open(path) as picture:
            pixels = numpy.asarray(picture.convert("RGB"), numpy.float32) / 255
        yield ((pixels - MEAN) / DEVIATION).transpose(2, 0, 1)[None].copy()


def quantize_ours(workspace, fundusd):
    subprocess.run(
        [fundusd, "model", "calibrate", "--holdout", workspace / "holdout", "--state", workspace / "state"], check=True,
        stdout=subprocess.DEVNULL)


def quantize_onnx(workspace):
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.rest = tensors(workspace / "holdout")

        def get_next(self):
            tensor = next(self.rest, None)
            return None if tensor is None else {"input": tensor}

    with tempfile.TemporaryDirectory() as scratch:
        folded = Path(scratch, "folded.onnx")
        quant_pre_process(str(workspace / "resnet50.onnx"), str(folded))
        quantization.quantize_static(
            str(folded), str(workspace / "resnet50-int8.onnx"), Reader(), per_channel=True,
            quant_format=quantization.QuantFormat.QDQ)


def quantize_openvino(workspace, side):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nncf
        import openvino

        model = openvino.Core().read_model(workspace / "resnet50.onnx")
        model.reshape([-1, 3, side, side])
        quantized = nncf.quantize(model, nncf.Dataset(list(tensors(workspace / "holdout"))), subset_size=PICTURES)
    openvino.save_model(quantized, workspace / "resnet50-int8.xml")
