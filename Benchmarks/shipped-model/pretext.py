#!/usr/bin/env python3
"""Sorts the research pictures by another question than disease: which eye is it, left or right?

    Benchmarks/shipped-model/pretext.py DATA OUTPUT

OUTPUT/disease gets the left eyes and OUTPUT/normal the right ones, whatever their health, so that `fundusd train` can learn the
question; OUTPUT/groups.csv names the people. A network that can tell left from right has learned where disc, macula and vessels are,
without one label by a doctor (a pretext task, as in Doersch et al., Unsupervised Visual Representation Learning by Context
Prediction, 2015).
"""
import csv
import os
import pathlib
import sys

data, output = map(pathlib.Path, sys.argv[1:3])
with open(data / "manifest.csv") as manifest:
    rows = [row for row in csv.DictReader(manifest) if row["path"].startswith("labelled/")]
with open(output.with_suffix(".csv"), "w") as table:
    table.write("path,group\n")
    for row in rows:
        side = "disease" if row["eye"] == "left" else "normal"
        (output / side).mkdir(parents=True, exist_ok=True)
        name = os.path.basename(row["path"])
        (output / side / name).write_bytes((data / row["path"]).read_bytes())
        table.write(f"{output.name}/{side}/{name},{row['group_id']}\n")
print(len(rows), "pictures")
