#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures a model on each source of the research pictures and prints the tables that docs/shipped-model.md holds.

    Benchmarks/shipped-model/figures.py --fundusd .build/release/fundusd --data ../shared/data [--model model]

Sources are never pooled: other people of the sets that were trained on, other cameras and other diseases stand apart. Of the sets
that were trained on only the people held out are measured, by the rule that training itself goes by (`pictures.py`).
"""
import argparse
import collections
import json
import math
import pathlib
import subprocess
import tempfile

import pictures

SOURCES = [
    ("validation", "ODIR-5K, other people, any disease"),
    ("retinopathy", "Malaysia, people held out, retinopathy"),
    ("foreign/palm", "iChallenge-PM, another camera, pathologic myopia"),
    ("foreign/hrf", "HRF, another camera, retinopathy and glaucoma"),
    ("foreign/drive", "DRIVE, another camera, diabetic retinopathy"),
]
TRAINED_ON = {"retinopathy"}


def share(figure):
    low, high = figure["interval"]
    return f"{figure['value']:.3f} ({low:.3f}–{high:.3f})"


def wilson(count, total):
    """The 95 % interval of a share (Wilson, 1927)."""
    z, share = 1.959964, count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return f"{100 * share:.1f} % ({max(100 * (middle - half), 0):.1f}–{100 * (middle + half):.1f})"


def area_under_curve(positive, negative):
    """The share of pairs in the right order, ties half (Mann and Whitney, 1947), and DeLong's 95 % interval."""
    above = [sum((p > n) + 0.5 * (p == n) for n in negative) / len(negative) for p in positive]
    below = [sum((p > n) + 0.5 * (p == n) for p in positive) / len(positive) for n in negative]
    area = sum(above) / len(above)

    def variance(parts):
        return sum((part - area) ** 2 for part in parts) / (len(parts) - 1) / len(parts)

    half = 1.959964 * math.sqrt(variance(above) + variance(below))
    return f"{area:.3f} ({max(area - half, 0):.3f}–{min(area + half, 1):.3f})"


def folder_of(records, work):
    """A labelled folder of links to these pictures, and the table of who is one person."""
    for record in records:
        place = work / record.label / record.path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(record.path.resolve())
    groups = work / "groups.csv"
    rows = [f"{record.label}/{record.path.name},{record.group}" for record in records]
    groups.write_text("\n".join(["path,group", *rows]) + "\n")
    return groups


def evaluation(options, records):
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        groups = folder_of(records, work)
        command = [
            options.fundusd, "evaluate", "--json", "--model", options.model, "--labelled", work, "--groups", groups]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def verdicts(options, paths):
    given = "\n".join(map(str, paths)) + "\n"
    command = [options.fundusd, "classify", "--model", options.model, "--paths-from", "-"]
    lines = subprocess.run(command, input=given, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == len(paths), f"{len(lines)} verdicts of {len(paths)} pictures"
    return [json.loads(line) for line in lines]


def print_disease(options, records):
    print("| source | disease / normal | AUC | sensitivity | specificity | ungradable |\n| --- | --- | --- | --- | --- | --- |")
    for source, words in SOURCES:
        chosen = [
            record for record in records
            if record.folder == source and (source not in TRAINED_ON or record.side == "holdout")]
        document = evaluation(options, chosen)
        figures = document["figures"]
        point = figures["at_threshold"]
        outcomes = collections.Counter(verdict["outcome"] for verdict in verdicts(options, [r.path for r in chosen]))
        print(
            f"| {words} | {figures['disease']} / {figures['normal']} | {share(figures['auc'])} | "
            f"{share(point['sensitivity'])} | {share(point['specificity'])} | "
            f"{wilson(outcomes['ungradable'], len(chosen))} |", flush=True)
    print(f"\nModel {document['model']['id']}, threshold {document['threshold']['value']:.4f}, 95 % intervals over people.\n")


def print_findings(options, records):
    """Sensitivity for each disease that the labels name, on the people of `validation`."""
    chosen = [record for record in records if record.folder == "validation" and record.label == "disease"]
    outcomes = [verdict["outcome"] for verdict in verdicts(options, [record.path for record in chosen])]
    print("| finding (validation) | pictures | called disease | called ungradable |\n| --- | --- | --- | --- |")
    for finding in [*pictures.FINDINGS, "other"]:
        of_it = [outcome for record, outcome in zip(chosen, outcomes) if finding in record.findings]
        if of_it:
            print(f"| {finding} | {len(of_it)} | {wilson(of_it.count('disease'), len(of_it))} | {of_it.count('ungradable')} |")
    print(flush=True)


def print_quality(options, records):
    print("| graded by experts, people held out | pictures | ungradable | disease | normal |\n| --- | --- | --- | --- | --- |")
    scores = {}
    for grade in ["good", "usable", "reject"]:
        chosen = [record for record in records if record.folder == f"quality/{grade}" and record.side == "holdout"]
        given = verdicts(options, [record.path for record in chosen])
        scores[grade] = [verdict["quality"]["score"] for verdict in given]
        outcomes = collections.Counter(verdict["outcome"] for verdict in given)
        cells = [wilson(outcomes[outcome], len(chosen)) for outcome in ["ungradable", "disease", "normal"]]
        print(f"| {grade} | {len(chosen)} | {' | '.join(cells)} |", flush=True)
    print(f"\nP(gradable), good against reject: AUC {area_under_curve(scores['good'], scores['reject'])}")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--fundusd", required=True)
parser.add_argument("--data", required=True, type=pathlib.Path)
parser.add_argument("--model", default="model")
options = parser.parse_args()
found = pictures.records(options.data)
print_disease(options, found)
print_findings(options, found)
print_quality(options, found)
