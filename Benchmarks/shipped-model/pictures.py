# SPDX-License-Identifier: Apache-2.0
"""The research pictures: what is known of each, and which of them train, choose and measure.

    Benchmarks/shipped-model/pictures.py DATA FOLDER    # links to them, as `fundusd train --labelled FOLDER` takes them

People stay together, and their side follows from a hash, by the same rule as `fundusd train` (LabelledData/HoldoutSplit.swift):
so a network that was trained here can be calibrated there on people whom it never saw.
"""
import csv
import dataclasses
import hashlib
import math
import pathlib
import sys

SEED = 0
HOLDOUT_FRACTION = 0.15
VALIDATION_FRACTION = 0.1
# What the split that chooses is drawn with: other bits of chance for the same people.
VALIDATION_SEED = SEED + 0x9E3779B97F4A7C15

# What the labels of ODIR-5K name, by words of its keywords.
FINDINGS = {
    "retinopathy": ["proliferative", "diabetic"],
    "cataract": ["cataract"],
    "glaucoma": ["glaucoma"],
    "myopia": ["myopi"],
    "macula": ["macular degeneration", "drusen"],
    "hypertension": ["hypertensive"],
    "membrane": ["epiretinal", "epimacular"],
}


@dataclasses.dataclass
class Record:
    number: int
    path: pathlib.Path
    # Such as labelled, foreign/palm, quality/good.
    folder: str
    # disease, normal or "" where it is not known.
    label: str
    group: str
    findings: list
    # training, validation or holdout.
    side: str

    @property
    def is_disease(self):
        """1, 0 or NaN where it is not known."""
        return {"disease": 1.0, "normal": 0.0}.get(self.label, math.nan)

    @property
    def is_gradable(self):
        """Experts' good is 1 and their reject 0; usable lies between. Whatever has a doctor's label was gradable."""
        grades = {"quality/good": 1.0, "quality/usable": 0.8, "quality/reject": 0.0, "poor": 0.0}
        return grades.get(self.folder, 1.0)


def chance(key, seed):
    """0…1, as good as a die."""
    digest = hashlib.sha256(f"fundusd.holdout/1\n{seed}\n{key}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) * 2.0**-53


def side(key):
    if chance(key, SEED) < HOLDOUT_FRACTION:
        return "holdout"
    return "validation" if chance(key, VALIDATION_SEED) < VALIDATION_FRACTION else "training"


def findings(row, label):
    words = row["keywords"].lower()
    named = [name for name, parts in FINDINGS.items() if any(part in words for part in parts)]
    return named or (["other"] if label == "disease" else [])


def records(data):
    """Everything in the manifest, in its order."""
    found = []
    with open(pathlib.Path(data) / "manifest.csv") as manifest:
        for number, row in enumerate(csv.DictReader(manifest)):
            parts = row["path"].split("/")
            label = parts[-2] if parts[-2] in ("disease", "normal") else ""
            folder = "/".join(parts[:-2] if label else parts[:-1])
            found.append(
                Record(
                    number, pathlib.Path(data) / row["path"], folder, label, row["group_id"], findings(row, label),
                    side(row["group_id"] or row["sha256"])))
    return found


def labelled_folder(found, folder):
    """Links to what calibrates, as `fundusd train --labelled` takes it, and who is one person.

    What experts call usable is left out: neither good enough that refusing it were wrong, nor bad enough that judging it were.
    """
    sources = {"labelled": "odir", "retinopathy": "retinopathy", "quality": "eyepacs", "poor": "poor"}
    rows = ["path,group,source"]
    for record in found:
        source = sources.get(record.folder.split("/")[0])
        if source is None or record.folder == "quality/usable":
            continue
        label = record.label or ("gradable" if record.is_gradable > 0.5 else "ungradable")
        place = pathlib.Path(label, source, record.path.name)
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).symlink_to(record.path.resolve())
        rows.append(f"{place},{record.group},{source}")
    (folder / "groups.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    labelled_folder(records(sys.argv[1]), pathlib.Path(sys.argv[2]))
