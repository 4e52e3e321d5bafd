#!/usr/bin/env python3
"""Measures a model on each source of the research pictures and prints the table that docs/shipped-model.md holds.

    Benchmarks/shipped-model/figures.py --fundusd .build/release/fundusd --data ../shared/data [--model model]

Sources are never pooled: other people of the sets that were trained on, other cameras and other diseases stand apart.
"""
import argparse
import json
import pathlib
import subprocess

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--data", required=True, type=pathlib.Path)
parser.add_argument("--model", default="model")
options = parser.parse_args()

SOURCES = [
    ("validation", "ODIR-5K, other people, any disease"),
    ("foreign/palm", "iChallenge-PM, another camera, pathologic myopia"),
    ("foreign/drive", "DRIVE, another camera, diabetic retinopathy"),
]


def share(figure):
    low, high = figure["interval"]
    return f"{figure['value']:.3f} ({low:.3f}–{high:.3f})"


print("| source | disease / normal | AUC | sensitivity | specificity |\n| --- | --- | --- | --- | --- |")
for folder, words in SOURCES:
    command = [
        options.fundusd, "evaluate", "--json", "--model", options.model, "--labelled", options.data / folder,
        "--manifest", options.data / "manifest.csv"]
    document = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    figures = document["figures"]
    point = figures["at_threshold"]
    print(
        f"| {words} | {figures['disease']} / {figures['normal']} | {share(figures['auc'])} | "
        f"{share(point['sensitivity'])} | {share(point['specificity'])} |")
print(f"\nModel {document['model']['id']}, threshold {document['threshold']['value']:.4f}, 95 % intervals over people.")
