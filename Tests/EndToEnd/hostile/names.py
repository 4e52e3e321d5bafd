# SPDX-License-Identifier: Apache-2.0
"""Tricks with names: those that the program uses, or has used, itself, and those that no one would think of."""
import os
import socket

from . import station
from .scene import deliver, new_picture, note, write, digest
from .station import INBOX, LABELLED, OUTBOX, STATE
from .trick import CLEARING, trick

ASIDE = INBOX / ".fundusd-aside"


def _link(target, path):
    os.symlink(target, path)


@trick("a link .fundusd-aside to the outbox")
def aside_is_outbox(scene):
    scene.camera(_link, "../outbox", ASIDE)


@trick("a link .fundusd-aside to the state")
def aside_is_state(scene):
    scene.camera(_link, STATE, ASIDE)


@trick("a link .fundusd-aside to the labelled folders")
def aside_is_labelled(scene):
    scene.camera(_link, LABELLED, ASIDE)


@trick("a link .fundusd-aside to the inbox itself")
def aside_is_inbox(scene):
    scene.camera(_link, ".", ASIDE)
    scene.deliver("beside-itself.jpg")


@trick("a folder .fundusd-aside of mode 0")
def aside_is_closed(scene):
    scene.camera(lambda: (os.mkdir(ASIDE), os.chmod(ASIDE, 0)))
    scene.deliver("beside-closed.jpg")


@trick("a file, and then a FIFO, named .fundusd-aside")
def aside_is_file(scene):
    scene.camera(write, ASIDE, b"in the way")
    scene.deliver("beside-file.jpg")
    yield
    scene.camera(lambda: (os.unlink(ASIDE), os.mkfifo(ASIDE)))
    scene.deliver("beside-fifo.jpg")


def _fill_aside():
    """Files under names that others may deliver at any moment, and links on the way to other folders."""
    os.makedirs(ASIDE / "ward")
    write(ASIDE / "good.jpg", new_picture())
    write(ASIDE / "ward/good.jpg", new_picture())
    for name, target in (("outbox", OUTBOX), ("labelled", LABELLED), ("state", STATE)):
        os.symlink(target, ASIDE / name)
    os.symlink(LABELLED / "disease/eye-1.jpg", ASIDE / "linked.jpg")


@trick("a folder .fundusd-aside with pictures and links in it")
def aside_is_full(scene):
    scene.camera(_fill_aside)
    before = station.run("find", ASIDE, "-printf", "%P %l\n").stdout
    yield
    scene.expect("all in it stays where it is", station.run("find", ASIDE, "-printf", "%P %l\n").stdout == before)


def _take_verdict_names(name, make):
    """Everything that could be written for a picture, below the inbox."""
    content = new_picture()
    for ending in (".json", f".{digest(content)[:12]}.json", ".heatmap.jpg", f".{digest(content)[:12]}.heatmap.jpg"):
        make(str(INBOX / f"{name}{ending}"))
    deliver(name, content)


@trick("links to the outbox under the names of a picture's verdicts")
def verdict_links(scene):
    scene.camera(_take_verdict_names, "taken-link.jpg", lambda path: os.symlink(OUTBOX / os.path.basename(path), path))


@trick("folders under the names of a picture's verdicts")
def verdict_folders(scene):
    scene.camera(_take_verdict_names, "taken-folder.jpg", os.mkdir)


@trick("FIFOs under the names of a picture's verdicts")
def verdict_fifos(scene):
    scene.camera(_take_verdict_names, "taken-fifo.jpg", os.mkfifo)


@trick("dangling links under the names of a picture's verdicts")
def verdict_dangling(scene):
    scene.camera(_take_verdict_names, "taken-dangling.jpg", lambda path: os.symlink("/nowhere/at-all", path))


@trick("a folder named like a verdict, with a picture in it, before that verdict")
def folder_before_verdict(scene):
    """The outbox mirrors folders; under its own name this one would take the place where the verdict belongs."""
    scene.camera(lambda: os.mkdir(INBOX / "early.jpg.json"))
    scene.deliver("early.jpg.json/in-it.jpg")
    scene.expect_verdict(f"early.jpg.json~{digest(b'early.jpg.json')[:12]}/in-it.jpg")
    scene.deliver("early.jpg")


@trick("a folder named like a verdict, with a picture in it, after that verdict")
def folder_after_verdict(scene):
    scene.deliver("late.jpg")
    scene.expect_verdict("late.jpg")
    scene.camera(lambda: os.mkdir(INBOX / "late.jpg.json"))
    scene.deliver("late.jpg.json/in-it.jpg")


@trick("a picture named like another's kept verdict")
def named_like_kept(scene):
    first = scene.deliver("kept.jpg")
    scene.expect_verdict("kept.jpg")
    scene.deliver(f"kept.jpg.{digest(first)[:12]}")
    scene.deliver("kept.jpg.heatmap.jpg")
    scene.deliver("kept.jpg.json")
    scene.deliver("kept.jpg")


def _temporary_names(picture, make):
    """As the program's temporary files are called, for each inode that a file here is likely to get."""
    write(INBOX / ".probe", b"")
    inode = os.stat(INBOX / ".probe").st_ino
    names = [f".fundusd-{number}.tmp" for number in range(inode, inode + 40)]
    names += [".fundusd-.tmp", ".fundusd-x.cleared", ".fundusd-0", ".fundusd-~", ".fundusd-lock"]
    for name in names:
        make(str(INBOX / name))
    for number in range(3):
        deliver(f"{picture}-{number}.jpg")


@trick("links under the program's temporary names")
def temporary_links(scene):
    scene.camera(_temporary_names, "among-links", lambda path: os.symlink(LABELLED / "disease/eye-1.jpg", path))


@trick("folders under the program's temporary names")
def temporary_folders(scene):
    scene.camera(_temporary_names, "among-folders", os.mkdir)


@trick("FIFOs under the program's temporary names")
def temporary_fifos(scene):
    scene.camera(_temporary_names, "among-fifos", os.mkfifo)


@trick("names of 255 bytes that differ in their last ones")
def longest_names(scene):
    for number in range(3):
        scene.deliver("n" * 250 + f"{number}.jpg")
        scene.deliver("ü" * 125 + f"{number}.jpg")


STRANGE = [
    b"line\nbreak.jpg", b"\x1b[2J\x1b]0;title\x07.jpg", b"\xff\xfe\x80.jpg", b"-rf.jpg", b"--help.jpg", b"*.jpg",
    b"$(reboot).jpg", b"`id`.jpg", b"a b\t.jpg", b"\xe2\x80\xae.gpj.jpg", b"%s%n.jpg", b"'\".jpg", b" .jpg", b"\\.jpg",
    b"\xed\xa0\x80.jpg", b"\x01\x7f.jpg", b"cafe\xcc\x81.jpg", b"caf\xc3\xa9.jpg",
]


@trick("names with line breaks, escapes, and bytes that are no UTF-8")
def strange_names(scene):
    for name in STRANGE:
        scene.deliver(name)
    yield
    raw = station.run("fundusd", "status", user="fundusd", check=False).stdout
    scene.expect("no terminal is told to do anything", "\x1b" not in raw)


@trick("folders with a picture's name")
def folders_named_jpg(scene):
    scene.camera(lambda: os.makedirs(INBOX / "folder.jpg/inner.jpg"))
    scene.deliver("folder.jpg/inner.jpg/picture.jpg")


@trick("a FIFO with a picture's name, and one with a writer")
def fifo(scene):
    scene.camera(lambda: os.mkfifo(INBOX / "fifo.jpg"))
    scene.camera(lambda: os.mkfifo(INBOX / "held-fifo.jpg"))
    scene.holding(lambda: os.open(INBOX / "held-fifo.jpg", os.O_RDWR))
    yield


def _listen():
    server = socket.socket(socket.AF_UNIX)
    os.chdir(INBOX)
    server.bind("socket.jpg")
    server.listen()
    return server


@trick("a socket with a picture's name")
def unix_socket(scene):
    scene.holding(_listen)
    yield


@trick("links into /dev and /proc")
def device_links(scene):
    targets = ("/dev/zero", "/dev/stdin", "/proc/self/mem", "/proc/self/environ", "/proc/self/fd", "/dev/full", "/")
    scene.camera(lambda: [os.symlink(target, INBOX / f"device-{n}.jpg") for n, target in enumerate(targets)])
    scene.camera(_link, "/proc/self/cwd", INBOX / "ward")


@trick("links in a ring, to themselves and to their own folder")
def link_rings(scene):
    scene.camera(_link, "ring-b.jpg", INBOX / "ring-a.jpg")
    scene.camera(_link, "ring-a.jpg", INBOX / "ring-b.jpg")
    scene.camera(_link, "self.jpg", INBOX / "self.jpg")
    scene.camera(_link, "..", INBOX / "upwards")


@trick("a picture that is a link to a picture elsewhere")
def link_to_picture(scene):
    scene.camera(_link, LABELLED / "disease/eye-1.jpg", INBOX / "linked.jpg")
    scene.camera(_link, STATE / "models", INBOX / "models")
    yield
    scene.expect("the link lies where it was", (INBOX / "linked.jpg").is_symlink())


def _sink(depth, name):
    """A picture that lies deeper than a path may be long."""
    content = new_picture()
    folder = os.open(INBOX, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=folder)
        inner = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
        os.close(folder)
        folder = inner
    path = "/".join([name] * depth + ["deep.jpg"])
    note(path, content, must=False, stays=True)
    with os.fdopen(os.open("deep.jpg", os.O_WRONLY | os.O_CREAT, 0o640, dir_fd=folder), "wb") as file:
        file.write(content)


@trick("folders nested deeper than a path may be long")
def deep_folders(scene):
    scene.camera(_sink, 150, "nested-" + "x" * 40)


@trick("ten thousand folders")
def many_folders(scene):
    scene.camera(lambda: [os.mkdir(INBOX / f"ward-{number}") for number in range(10_000)])
    scene.deliver("ward-9999/last.jpg")


@trick("hard links to verdicts, the state and labelled pictures")
def hard_links(scene):
    """Where fs.protected_hardlinks is 0, who reaches a file may link it. That is a setting of the whole machine, not of this
    box, so root makes the links in the camera's place: no setting lets the camera do more. The ledger is not among them:
    who reads it beside SQLite frees SQLite's locks (man 2 fcntl), and only root comes into the folder it lies in."""
    good = next(path for path in OUTBOX.iterdir() if path.name.endswith(".json"))
    model = next(STATE.glob("models/*/model.safetensors"))
    targets = {
        "verdict.jpg": good, "model.jpg": model, "labelled.jpg": LABELLED / "disease/eye-2.jpg"}
    scene.refused("link the ledger", os.link, STATE / "ledger.sqlite", INBOX / "ledger.jpg")
    for name, target in targets.items():
        note(name, target.read_bytes(), must=False, stays=True)
        if scene.refused(f"link {target.parent.name}/{target.name}", os.link, target, INBOX / name):
            os.link(target, INBOX / name)
    yield
    scene.expect("each file has still its own name", all(target.exists() for target in targets.values()))


@trick("one picture under two names that are hard links")
def twins(scene):
    scene.camera(_twins)


def _twins():
    content = new_picture()
    note("twin-b.jpg", content)
    write(INBOX / ".twin", content)
    os.link(INBOX / ".twin", INBOX / "twin-b.jpg")
    note("twin-a.jpg", content)
    os.rename(INBOX / ".twin", INBOX / "twin-a.jpg")


def _again(name, kept):
    """The very same file comes back under its name."""
    os.link(INBOX / kept, INBOX / "again-staged.tmp")
    os.rename(INBOX / "again-staged.tmp", INBOX / name)


@trick("a screened picture that comes back from a hidden hard link, three times", modes=CLEARING)
def returning_twin(scene):
    content = scene.deliver(".kept-by-camera", must=False)
    for _ in range(3):
        scene.camera(note, "returning.jpg", content)
        scene.camera(_again, "returning.jpg", ".kept-by-camera")
        gone = station.is_reached(lambda: not (INBOX / "returning.jpg").exists(), 5)
        scene.expect("it is cleared away within 5 s", gone)
    hidden = [name for name in os.listdir(INBOX) if name.startswith(".fundusd-")]
    scene.expect(f"nothing hidden is left behind: {hidden}", not hidden)
