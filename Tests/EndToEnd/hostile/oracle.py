# SPDX-License-Identifier: Apache-2.0
"""What must lie in the outbox, the state and the labelled folders, and what may; reads files and asks only the audit."""
import base64
import collections
import hashlib
import json
import os
import re
import sqlite3
import stat

from . import station
from .scene import DELIVERIES
from .station import INBOX, LABELLED, OUTBOX, STATE

# What the daemon itself keeps up to date in its state.
OWN_FILES = re.compile(rb"^(ledger\.sqlite|shadow\.sqlite|lock$|crash$|in-service$|models/[^/]*/packed-)")
# `a~INODE.jpg`: where a picture goes that met a newer one on its way back.
SPARE = re.compile(rb"^(.*)~\d+(\.[^.]*)?$", re.DOTALL)

Delivery = collections.namedtuple("Delivery", "must stays")


def tree(root, without=None):
    """Every entry below a folder: what it is, whose, and its content. Reached from folder to folder: paths may be too long."""
    found = {}
    for folder, names, files, descriptor in os.fwalk(os.fsencode(root)):
        below = folder[len(os.fsencode(root)):].lstrip(b"/")
        for name in names + files:
            relative = os.path.join(below, name)
            if not (without and without.match(relative)):
                found[relative] = _entry(name, descriptor)
    return found


def _entry(name, folder):
    try:
        status = os.lstat(name, dir_fd=folder)
        kind = stat.S_IFMT(status.st_mode)
        if stat.S_ISREG(status.st_mode):
            with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
                return kind, status.st_uid, hashlib.sha256(file.read()).hexdigest()
        if stat.S_ISLNK(status.st_mode):
            return kind, status.st_uid, os.readlink(name, dir_fd=folder)
        return kind, status.st_uid, None
    except FileNotFoundError:
        return None


class Before:
    """How it all lay before a trick."""

    def __init__(self):
        self.outbox = tree(OUTBOX)
        self.labelled = tree(LABELLED)
        self.state = tree(STATE, without=OWN_FILES)

    def faults(self):
        yield from _changes("labelled", self.labelled, tree(LABELLED))
        state = tree(STATE, without=OWN_FILES)
        yield from _changes("state", self.state, {
            path: entry for path, entry in state.items() if path in self.state or not path.startswith(b"archive")})
        outbox = tree(OUTBOX)
        yield from _changes("outbox", self.outbox, {path: outbox[path] for path in outbox if path in self.outbox})


def _changes(where, old, new):
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            what = "gone" if path not in new else "put there" if path not in old else "changed"
            yield f"{where}: {path!r} was {what}"


def deliveries():
    """By (name, sha256). What was said later of the same counts."""
    found = {}
    if DELIVERIES.exists():
        for line in DELIVERIES.read_text().splitlines():
            said = json.loads(line)
            found[bytes.fromhex(said["name"]), said["sha256"]] = Delivery(said["must"], said["stays"])
    return found


def is_delivered(arrival, delivered):
    name, sha256 = arrival
    spare = SPARE.match(name)
    return arrival in delivered or bool(spare) and (spare[1] + (spare[2] or b""), sha256) in delivered


def verdicts():
    """The outbox's verdicts as {(name, sha256): [path]}, and what is wrong with it as a folder."""
    found, faults = collections.defaultdict(list), []
    for path, entry in tree(OUTBOX).items():
        kind = entry[0] if entry else None
        name = os.path.basename(path)
        if kind == stat.S_IFDIR:
            continue
        if kind != stat.S_IFREG or name.startswith(b".") or not name.endswith((b".json", b".heatmap.jpg")):
            faults.append(f"outbox: {path!r} is nothing that belongs there")
        elif name.endswith(b".json"):
            _read_verdict(path, found, faults)
    return found, faults


def _read_verdict(path, found, faults):
    try:
        with open(os.path.join(os.fsencode(OUTBOX), path), "rb") as file:
            image = json.load(file)["image"]
        encoded = image.get("name_base64")
        name = base64.b64decode(encoded) if encoded else image["name"].encode()
        found[name, image["sha256"]].append(path)
    except (ValueError, KeyError):
        faults.append(f"outbox: {path!r} is no verdict")


def missing():
    """Deliveries that must have a verdict and have none."""
    found, _ = verdicts()
    return [arrival for arrival, said in deliveries().items() if said.must and arrival not in found]


def verdict_faults():
    delivered = deliveries()
    found, faults = verdicts()
    yield from faults
    for arrival, paths in found.items():
        if not is_delivered(arrival, delivered):
            yield f"a verdict on what {arrival[0]!r} never was ({arrival[1][:12]})"
        if len(paths) > 1:
            yield f"{len(paths)} verdicts on one content of {arrival[0]!r}"
    for name, sha256 in missing():
        yield f"no verdict on {name[-60:]!r} ({sha256[:12]})"


def ledger_faults():
    """Rows for all that must be there, for nothing else, and all of them published."""
    delivered = deliveries()
    # The ledger first: what it calls published is in the outbox by then, whatever is published meanwhile.
    try:
        rows = _rows()
    except sqlite3.DatabaseError as error:
        yield f"the ledger can't be read: {error}"
        return
    found, _ = verdicts()
    for arrival, state in rows.items():
        if not is_delivered(arrival, delivered):
            yield f"the ledger has a row on what {arrival[0]!r} never was"
        elif state == "published" and arrival not in found:
            yield f"the ledger calls the verdict on {arrival[0]!r} published, which is not in the outbox"
        elif state != "published" and delivered.get(arrival, Delivery(False, False)).must:
            yield f"the ledger calls {arrival[0]!r} {state}"
    for name, _ in found.keys() - _rows().keys():
        yield f"the ledger has no row on {name!r}"


def _rows():
    with sqlite3.connect(f"file:{STATE}/ledger.sqlite?mode=ro", uri=True) as ledger:
        return {
            (bytes(name), sha256): state
            for name, sha256, state in ledger.execute("SELECT name, sha256, state FROM image")}


def audit_faults():
    audit = station.run("fundusd", "audit", "verify", user="fundusd", check=False)
    if audit.returncode != 0:
        yield "fundusd audit verify: " + " | ".join((audit.stdout + audit.stderr).splitlines())[-500:]


def left_behind():
    """Pictures that have their verdict and should have been cleared away."""
    found, _ = verdicts()
    newest = {name: sha256 for name, sha256 in deliveries()}
    for (name, sha256), said in deliveries().items():
        path = os.path.join(os.fsencode(INBOX), name)
        if not said.stays and (name, sha256) in found and newest[name] == sha256 and os.path.lexists(path):
            yield f"{name[-60:]!r} has its verdict and still lies in the inbox"


def archive_faults():
    """What is in the archive was delivered, and what had to be judged and is gone is in the archive, whole."""
    delivered = deliveries()
    contents = {sha256 for _, sha256 in delivered}
    archived = set()
    for path, entry in tree(STATE / "archive").items():
        if entry and entry[0] != stat.S_IFDIR:
            archived.add(entry[2])
            if entry[2] not in contents:
                yield f"archive: {path!r} holds what was never delivered"
    for (name, sha256), said in delivered.items():
        if said.must and not said.stays and sha256 not in archived and not _lies_in_inbox(name):
            yield f"{name[-60:]!r} is neither in the inbox nor in the archive"


def _lies_in_inbox(name):
    return os.path.lexists(os.path.join(os.fsencode(INBOX), name))
