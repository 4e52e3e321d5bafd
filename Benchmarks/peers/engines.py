# SPDX-License-Identifier: Apache-2.0
"""How each peer loads the network and runs it.

In: the workspace that prepare.py made, a Setting. Out: a function from an input [batch, 3, side, side] to logits [batch].
Called by worker.py; each peer is imported in its own process only.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    batch: int
    side: int
    threads: int
    precision: str  # "float32", "bf16" or "int8"
    cached: bool  # start from what the engine itself stored of its compiled model


def onnx_runtime(workspace, setting):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = setting.threads
    options.inter_op_num_threads = 1
    for name, size in (("batch", setting.batch), ("height", setting.side), ("width", setting.side)):
        options.add_free_dimension_override_by_name(name, size)
    model = workspace / ("resnet50-int8.onnx" if setting.precision == "int8" else "resnet50.onnx")
    if setting.cached:
        optimized = workspace / f"resnet50-b{setting.batch}.optimized.onnx"
        if optimized.exists():
            model = optimized
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        else:
            options.optimized_model_filepath = str(optimized)
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return lambda images: session.run(None, {"input": images})[0].ravel()


def openvino(workspace, setting):
    import openvino

    core = openvino.Core()
    if setting.cached:
        core.set_property({"CACHE_DIR": str(workspace / "openvino-cache")})
    model = core.read_model(workspace / ("resnet50-int8.xml" if setting.precision == "int8" else "resnet50.onnx"))
    model.reshape([setting.batch, 3, setting.side, setting.side])
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": setting.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if setting.precision == "bf16" else "f32",
    })
    request = compiled.create_infer_request()
    return lambda images: request.infer([images], share_inputs=True)[0].ravel()


def ncnn(workspace, setting):
    import ncnn
    import numpy

    network = ncnn.Net()
    network.opt.num_threads = setting.threads
    network.opt.use_fp16_packed = network.opt.use_fp16_storage = network.opt.use_fp16_arithmetic = False
    network.load_param(str(workspace / "resnet50.param"))
    network.load_model(str(workspace / "resnet50.bin"))

    def logit(image):
        extractor = network.create_extractor()
        extractor.input("input", ncnn.Mat(image))
        return numpy.array(extractor.extract("logit")[1])[0]

    # ncnn knows no batches: one image after the other.
    return lambda images: numpy.array([logit(image) for image in images])


def pytorch(workspace, setting):
    import torch
    from network import load_network

    torch.set_num_threads(setting.threads)
    network = load_network(workspace).to(memory_format=torch.channels_last)

    def logits(images):
        channels_last = torch.from_numpy(images).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=setting.precision == "bf16"):
            return network(channels_last).float().numpy().ravel()

    return logits


ENGINES = {"onnxruntime": onnx_runtime, "openvino": openvino, "ncnn": ncnn, "torch": pytorch}
