# SPDX-License-Identifier: Apache-2.0
"""What a figure depends on: processor, instruction sets, versions, other load. Called by bench.py."""
import importlib.metadata
import json
import os
import platform
import subprocess

from processes import PROCESSORS, clean_environment

TELLING_FLAGS = ("avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16")
PACKAGES = ("onnxruntime", "openvino", "nncf", "ncnn", "torch", "pillow", "numpy")


def described(fundusd, workspace):
    flags = flags_of_processor()
    return {
        "processor": f"{processor_field('model name')}, {PROCESSORS} processors",
        "has": " ".join(flag for flag in TELLING_FLAGS if flag in flags),
        "has not": " ".join(flag for flag in TELLING_FLAGS if flag not in flags) or "–",
        "system": f"Linux {platform.release()}, Python {platform.python_version()}",
        "fundusd": subprocess.run([fundusd, "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "ours runs on": instruction_set(fundusd, workspace),
        "peers": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def instruction_set(fundusd, workspace):
    """The kernels' level, as the program itself says it."""
    command = [fundusd, "bench", "--rounds", "1", "--precision", "float32", "--state", workspace / "state", "--json"]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=clean_environment()).stdout)
    return figures["instruction_set"]


def has(flag):
    return flag in flags_of_processor()


def flags_of_processor():
    return processor_field("flags").split()


def processor_field(name):
    with open("/proc/cpuinfo") as information:
        return next(line.split(":", 1)[1].strip() for line in information if line.startswith(name))
