# SPDX-License-Identifier: Apache-2.0
"""Tricks with what a file is: its rights, locks, times, size, mounts."""
import fcntl
import os
import signal
import time

from . import station
from .scene import deliver, digest, new_picture, note, write
from .station import INBOX, OUTBOX, STAGING
from .trick import trick


def _lease(name, kind):
    """Whoever opens it must wait for us, or goes away (man 2 fcntl, Leases)."""
    content = new_picture()
    note(name, content)
    write(INBOX / ".leased", content)
    descriptor = os.open(INBOX / ".leased", os.O_RDWR if kind == fcntl.F_WRLCK else os.O_RDONLY)
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, kind)
    os.rename(INBOX / ".leased", INBOX / name)
    return descriptor


@trick("a picture under a write lease of the camera's")
def write_lease(scene):
    holder = scene.holding(_lease, "leased.jpg", fcntl.F_WRLCK)
    yield
    holder.let_go()


@trick("a picture under a read lease of the camera's")
def read_lease(scene):
    holder = scene.holding(_lease, "read-leased.jpg", fcntl.F_RDLCK)
    yield
    holder.let_go()


def _lock(name):
    content = new_picture()
    note(name, content)
    write(INBOX / ".locked", content)
    os.chmod(INBOX / ".locked", 0o2640)
    descriptor = os.open(INBOX / ".locked", os.O_RDWR)
    fcntl.lockf(descriptor, fcntl.LOCK_EX)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.rename(INBOX / ".locked", INBOX / name)
    return descriptor


@trick("a picture under record and file locks, with the bit for mandatory ones")
def locks(scene):
    holder = scene.holding(_lock, "locked.jpg")
    yield
    holder.let_go()


@trick("a lock on the inbox and on a folder in it")
def folder_lock(scene):
    scene.camera(lambda: os.mkdir(INBOX / "ward"))

    def lock():
        held = [os.open(path, os.O_RDONLY) for path in (INBOX, INBOX / "ward")]
        for descriptor in held:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        return held
    scene.holding(lock)
    scene.deliver("ward/locked-in.jpg")
    yield


@trick("a picture that nobody may read, until somebody may", patience=25)
def unreadable(scene):
    scene.deliver("closed.jpg", mode=0)
    yield
    scene.expect("it has no verdict yet", not (OUTBOX / "closed.jpg.json").exists())
    scene.camera(os.chmod, INBOX / "closed.jpg", 0o640)


@trick("pictures of a third user, one of them for that user alone", patience=25)
def third_user(scene):
    scene.deliver("strangers.jpg", user="stranger")
    scene.deliver("strangers-own.jpg", user="stranger", mode=0o600)
    yield
    scene.camera(os.chmod, INBOX / "strangers-own.jpg", 0o640, user="stranger")


@trick("a folder that the service may not write to")
def unwritable_folder(scene):
    scene.camera(lambda: os.mkdir(INBOX / "fixed"))
    scene.camera(os.chmod, INBOX / "fixed", 0o2750)
    scene.deliver("fixed/kept.jpg", stays=True)
    scene.expect_verdict("fixed/kept.jpg")
    if scene.clears:
        scene.expect_told("can't be cleared away")


@trick("a folder that the service may not read, until it may", patience=25)
def unreadable_folder(scene):
    scene.camera(lambda: os.mkdir(INBOX / "closed-ward"))
    scene.camera(os.chmod, INBOX / "closed-ward", 0o2700)
    scene.deliver("closed-ward/waits.jpg")
    yield
    scene.camera(os.chmod, INBOX / "closed-ward", 0o2770)
    station.restart()


@trick("a sparse file of 60 MB, and one with a picture's beginning")
def sparse(scene):
    scene.camera(_sparse)
    # Before the restart: who is found without his end then is given ten minutes.
    for name in ("sparse.jpg", "sparse-picture.jpg"):
        scene.expect_verdict(name, within=10)


def _sparse():
    for name, start in (("sparse.jpg", b""), ("sparse-picture.jpg", new_picture()[:4000])):
        content = start + bytes(60_000_000 - len(start))
        note(name, content)
        # Closed afterwards, which truncate(2) by name is not: nobody sees then that the writer is done.
        with open(INBOX / ".sparse", "wb") as file:
            file.write(start)
            file.truncate(60_000_000)
        os.rename(INBOX / ".sparse", INBOX / name)


# Seconds since 1970: before it, its first second, the years 2262 (the last that nanoseconds in 64 bits can tell) and 2300.
TIMES = {"1900": -2_208_988_800, "1970": 0, "2262": 9_223_372_040, "2300": 10_413_792_000, "far": 2**40}


@trick("pictures of the years 1900, 1970, 2262, 2300 and later")
def strange_times(scene):
    def play():
        for year, seconds in TIMES.items():
            content = new_picture()
            note(f"year-{year}.jpg", content)
            write(INBOX / ".dated", content)
            try:
                os.utime(INBOX / ".dated", (seconds, seconds))
            except OSError:
                pass  # not every file system knows such years
            os.rename(INBOX / ".dated", INBOX / f"year-{year}.jpg")
    scene.camera(play)
    yield
    # Found, not seen to come.
    station.run("systemctl", "stop", "fundusd")
    scene.camera(lambda: [_dated_again(year, seconds) for year, seconds in TIMES.items()])
    station.run("systemctl", "start", "fundusd")


def _dated_again(year, seconds):
    deliver(f"found-{year}.jpg")
    try:
        os.utime(INBOX / f"found-{year}.jpg", (seconds, seconds))
    except OSError:
        pass


@trick("a picture cut short in place after its verdict", modes=("keep",))
def cut_short(scene):
    content = scene.deliver("cut.jpg")
    scene.expect_verdict("cut.jpg")
    before = (OUTBOX / "cut.jpg.json").read_bytes()
    short = content[: len(content) // 2]
    scene.camera(note, "cut.jpg", short)
    scene.camera(_cut, INBOX / "cut.jpg", len(short))
    kept = OUTBOX / f"cut.jpg.{digest(content)[:12]}.json"
    scene.expect("it has a verdict of its own within 10 s", station.is_reached(kept.exists, 10))
    scene.expect("the first verdict is kept as it was", kept.exists() and kept.read_bytes() == before)


def _cut(path, size):
    with open(path, "r+b") as file:
        file.truncate(size)


@trick("a writer that never stops")
def endless_writer(scene):
    """No one's picture waits for it; when it closes at last, there is one verdict, on the whole."""
    def play():
        content = new_picture()
        with open(INBOX / "endless.jpg", "wb", buffering=0) as file:
            step = len(content) // 40
            for start in range(0, len(content), step):
                file.write(content[start:start + step])
                if start == 20 * step:
                    deliver("beside-endless.jpg")
                time.sleep(0.05)
            note("endless.jpg", content)
    scene.camera(play)


@trick("a folder that is another mount, one that is read-only, and a picture that is a mount")
def mounts(scene):
    scene.camera(lambda: [os.makedirs(INBOX / name) for name in ("mounted", "fixed-mount")])
    scene.camera(write, INBOX / ".place", b"")
    for name in ("mounted", "fixed-mount"):
        os.makedirs(STAGING / name, exist_ok=True)
        station.run("chown", "camera:camera", STAGING / name)
        os.chmod(STAGING / name, 0o2770)
        scene.mount("--bind", STAGING / name, INBOX / name)
    scene.camera(deliver_across, "mounted/far.jpg", False)
    scene.camera(deliver_across, "fixed-mount/fixed.jpg", True)
    scene.mount("-o", "remount,ro,bind", INBOX / "fixed-mount")
    scene.camera(_place_below_mount)
    scene.mount("--bind", STAGING / "over.jpg", INBOX / "over.jpg")


def deliver_across(name, stays):
    """Written in place: between mounts nothing can be renamed."""
    content = new_picture()
    note(name, content, stays=stays)
    write(INBOX / name, content)


def _place_below_mount():
    content = new_picture()
    # As it was before, under the mount: it may be judged or not.
    note("over.jpg", b"", must=False, stays=True)
    write(STAGING / "over.jpg", content)
    note("over.jpg", content, must=False, stays=True)
    write(INBOX / "over.jpg", b"")


@trick("what belongs to the service: its process, the inbox, the outbox")
def rights(scene):
    process = station.main_process()
    refusals = [
        scene.refused("SIGKILL", os.kill, process, signal.SIGKILL),
        scene.refused("remove the inbox", os.rmdir, INBOX),
        scene.refused("rename the inbox", os.rename, INBOX, str(INBOX) + "-away"),
        scene.refused("chmod the inbox", os.chmod, INBOX, 0o777),
        scene.refused("list the outbox", os.listdir, OUTBOX),
        scene.refused("list the state", os.listdir, station.STATE),
        scene.refused("list the labelled pictures", os.listdir, station.LABELLED),
        scene.refused("write a verdict", write, OUTBOX / "forged.jpg.json", b"{}"),
    ]
    scene.expect("each of them is refused", all(refusals))
