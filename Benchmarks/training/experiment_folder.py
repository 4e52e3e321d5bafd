# SPDX-License-Identifier: Apache-2.0
"""Makes the experiment's training folder: copies of the images that experiment-images.sha256 names.

    python Benchmarks/training/experiment_folder.py LABELLED OUTPUT
"""
import hashlib
import pathlib
import shutil
import sys

LIST = pathlib.Path(__file__).with_name("experiment-images.sha256")


def main(labelled, output):
    wanted = dict(line.split() for line in LIST.read_text().splitlines())
    for name in ("disease", "normal"):
        folder = pathlib.Path(output) / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted((pathlib.Path(labelled) / name).rglob("*.jp*g")):
            if wanted.get(hashlib.sha256(path.read_bytes()).hexdigest()) == name:
                shutil.copyfile(path, folder / path.name)
    count = sum(1 for _ in pathlib.Path(output).rglob("*.jp*g"))
    print(f"{count} of {len(wanted)} images in {output}")


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
