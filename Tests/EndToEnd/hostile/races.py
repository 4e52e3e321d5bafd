# SPDX-License-Identifier: Apache-2.0
"""Tricks that need the right moment: they are tried again and again for a while."""
import ctypes
import os
import random
import time

from .scene import deliver, loop, new_picture, note, write
from .station import INBOX, LABELLED, LABELLED_EYES, OUTBOX, STATE, is_reached
from .trick import CLEARING, trick

RENAME_EXCHANGE = 2
AT_FDCWD = -100
SECONDS = 2.0
libc = ctypes.CDLL(None, use_errno=True)


def exchange(one, other):
    """Both names change places in one step (man 2 renameat2)."""
    names = os.fsencode(one), os.fsencode(other)
    if libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def _swap_for_a_while(one, other):
    """Stands still while a picture is noticed and opened, then changes places until it is cleared away."""
    time.sleep(random.random() / 200)
    try:
        first = os.lstat(one).st_ino
        for _ in loop(0.02):
            exchange(one, other)
            time.sleep(random.random() / 5000)
        if os.lstat(one).st_ino != first:
            exchange(one, other)
    except FileNotFoundError:
        pass  # it is cleared away


def _swap_folder(ward, target, names):
    """Pictures go into a folder that is a link to another one now and then."""
    os.mkdir(INBOX / ward)
    os.symlink(target, INBOX / ".other")
    folder = os.open(INBOX / ward, os.O_RDONLY)
    for count in loop(SECONDS):
        name = names[count % len(names)]
        content = new_picture()
        note(f"{ward}/{name}", content, must=False, stays=True)
        with os.fdopen(os.open(".new", os.O_WRONLY | os.O_CREAT, 0o640, dir_fd=folder), "wb") as file:
            file.write(content)
        os.rename(".new", name, src_dir_fd=folder, dst_dir_fd=folder)
        _swap_for_a_while(INBOX / ward, INBOX / ".other")
        time.sleep(0.01)


EYE_NAMES = [f"eye-{number}.jpg" for number in range(1, LABELLED_EYES + 1)]


@trick("a folder and a link to labelled pictures of the same names change places")
def folder_or_labelled(scene):
    scene.camera(_swap_folder, "or-labelled", LABELLED / "disease", EYE_NAMES)
    scene.tell_judged("or-labelled")


@trick("a folder and a link to the outbox change places, with pictures named like verdicts")
def folder_or_outbox(scene):
    scene.camera(_swap_folder, "or-outbox", OUTBOX, sorted(path.name for path in OUTBOX.iterdir() if path.is_file())[:40])
    scene.tell_judged("or-outbox")


@trick("a folder and a link to the state change places, with pictures named like its files")
def folder_or_state(scene):
    scene.camera(_swap_folder, "or-state", STATE, ["ledger.sqlite", "ledger.sqlite-wal", "lock", "decoy"])
    scene.tell_judged("or-state")


def _swap_file(picture, make):
    for count in loop(SECONDS):
        _try(os.unlink, INBOX / ".other")
        make(INBOX / ".other")
        name = f"{picture}-{count}.jpg"
        content = new_picture()
        note(name, content, must=False, stays=True)
        write(INBOX / ".new", content)
        os.rename(INBOX / ".new", INBOX / name)
        _swap_for_a_while(INBOX / name, INBOX / ".other")


@trick("a picture and a link to a labelled one change places between look and opening")
def file_or_link(scene):
    scene.camera(_swap_file, "or-link", lambda path: os.symlink(LABELLED / "disease/eye-3.jpg", path))
    scene.tell_judged("or-link")


@trick("a picture and a FIFO change places between look and opening")
def file_or_fifo(scene):
    scene.camera(_swap_file, "or-fifo", os.mkfifo)
    scene.tell_judged("or-fifo")


def _replace(name, seconds):
    """New content over the same name, at the moments in which an old one has its verdict or is on its way out."""
    for _ in loop(seconds):
        deliver(name, must=False)
        time.sleep(random.random() / 40)
    deliver(name)


@trick("a picture replaced while it is cleared away", modes=CLEARING)
def replaced(scene):
    scene.camera(_replace, "replaced.jpg", SECONDS)
    scene.tell_judged("replaced.jpg")


@trick("a picture of a third user replaced while it is cleared away", modes=CLEARING)
def replaced_by_stranger(scene):
    scene.camera(_replace, "replaced-stranger.jpg", SECONDS, user="stranger")
    scene.tell_judged("replaced-stranger.jpg")


def _chase(name, seconds):
    """Replaces it as soon as it is gone from its name, so that what is put back meets a newer one."""
    for _ in loop(seconds):
        deliver(name, must=False)
        deliver(name, must=False)
        for _ in range(2000):
            if not os.path.lexists(INBOX / name):
                break
    deliver(name)


@trick("a picture delivered again at the moment when its name is free", modes=CLEARING)
def chased(scene):
    scene.camera(_chase, "chased.jpg", SECONDS)
    scene.tell_judged("chased.jpg")


def _steal_hidden(seconds):
    """Takes away, or replaces, whatever the service gives a hidden name."""
    for count in loop(seconds):
        deliver(f"stolen-{count}.jpg", stays=True)
        for _ in range(300):
            for name in os.listdir(INBOX):
                if name.startswith(".fundusd-"):
                    _try(os.rename, INBOX / name, INBOX / f".mine-{count}")
                    _try(os.symlink, LABELLED / ("disease" if count % 2 else "disease/eye-4.jpg"), INBOX / name)


def _try(function, *arguments):
    try:
        function(*arguments)
    except OSError:
        pass


@trick("what is cleared away is taken, and a link put in its place", modes=CLEARING)
def stolen(scene):
    scene.camera(_steal_hidden, SECONDS)
    scene.tell_judged("stolen")


def _storm():
    for number in range(10_000):
        path = INBOX / f"storm-{number % 500}.jpg"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o640))
        os.rename(path, INBOX / f"storm-renamed-{number % 500}.jpg")
        os.unlink(INBOX / f"storm-renamed-{number % 500}.jpg")


@trick("ten thousand files made, renamed and removed at once")
def storm(scene):
    for number in range(500):
        for name in (f"storm-{number}.jpg", f"storm-renamed-{number}.jpg"):
            note(name, b"", must=False, stays=True)
    scene.camera(_storm)


def _folder_storm():
    content = new_picture()
    for count in range(300):
        os.mkdir(INBOX / f"gust-{count}")
        note(f"gust-{count}/a.jpg", content, must=False, stays=True)
        note(f"gust-{count}-moved/a.jpg", content, must=False, stays=True)
        write(INBOX / f"gust-{count}/a.jpg", content)
        os.rename(INBOX / f"gust-{count}", INBOX / f"gust-{count}-moved")
        _try(os.unlink, INBOX / f"gust-{count}-moved/a.jpg")
        _try(os.rmdir, INBOX / f"gust-{count}-moved")


@trick("folders made, filled, renamed and removed at once")
def folder_storm(scene):
    scene.camera(_folder_storm)


def _write_late(name, moment, is_another_picture=False):
    """Through a descriptor from before its delivery; nothing was written to it, so the file counts as complete."""
    late = b"something else"
    content = new_picture()
    note(name, content, stays=is_another_picture)
    if is_another_picture:
        # What was judged is no more, and what it has become may be judged and archived in its turn.
        note(name, content[:200] + late + content[200 + len(late):], must=False, stays=True)
    write(INBOX / f".{name}", content)
    descriptor = os.open(INBOX / f".{name}", os.O_RDWR)
    os.rename(INBOX / f".{name}", INBOX / name)
    for _ in loop(8):
        if moment(name):
            break
    os.pwrite(descriptor, late, 200)
    os.close(descriptor)


def _has_left_its_name(name):
    return not os.path.lexists(INBOX / name)


def _has_left_the_inbox(name):
    # In this order: first it is hidden, then it is gone.
    return _has_left_its_name(name) and not any(other.startswith(".fundusd-") for other in os.listdir(INBOX))


@trick("an archived picture written to through a descriptor that stayed open", modes=("archive",))
def written_after_archiving(scene):
    """It is the record of what was judged: nobody may change it afterwards."""
    scene.camera(_write_late, "written-after.jpg", _has_left_the_inbox)


@trick("a picture written to through a descriptor on its way to the archive", modes=("archive",))
def written_while_archiving(scene):
    for number in range(10):
        scene.camera(_write_late, f"written-meanwhile-{number}.jpg", _has_left_its_name, True)


@trick("an archived picture written to through another link", modes=("archive",))
def written_through_link(scene):
    def play():
        note("linked-twice.jpg", content := new_picture())
        write(INBOX / ".linked-twice", content)
        os.link(INBOX / ".linked-twice", INBOX / "linked-twice.jpg")
        is_reached(lambda: not os.path.lexists(INBOX / "linked-twice.jpg"), 8)
        write(INBOX / ".linked-twice", b"something else")
    scene.camera(play)
