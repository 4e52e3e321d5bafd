# SPDX-License-Identifier: Apache-2.0
"""One trick's stage: who does what in it, and what was delivered."""
import contextlib
import fcntl
import grp
import hashlib
import json
import os
import pickle
import pwd
import signal
import time
import traceback

from . import station
from .station import INBOX, OUTBOX, STAGING

DELIVERIES = STAGING / "deliveries"
EYES = {}


def load_eyes():
    """Before anybody is another user: they are read once."""
    for number in range(1, station.EYES + 1):
        EYES[number] = station.drawn_eye(number)


def new_picture():
    """A picture unlike any other."""
    random = os.urandom(12).hex()
    return station.marked(EYES[1 + int(random, 16) % station.EYES], random)


def digest(content):
    return hashlib.sha256(content).hexdigest()


def deliver(name, content=None, must=True, stays=False, mode=0o640):
    """Renames a picture into the inbox, as who delivers well does; run it as the camera's user.

    must: it has to have its verdict in the end. stays: it may lie in the inbox after that, whatever `after` says.
    """
    content = new_picture() if content is None else content
    note(name, content, must, stays)
    staged = STAGING / f"file-{os.getpid()}"
    write(staged, content, mode)
    os.rename(staged, os.path.join(os.fsencode(INBOX), os.fsencode(name)))
    return content


def note(name, content, must=True, stays=False):
    """Before it can be seen: whatever the daemon says of it then is right to be said."""
    line = {"name": os.fsencode(name).hex(), "sha256": digest(content), "must": must, "stays": stays}
    with open(DELIVERIES, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line) + "\n")


def write(path, content, mode=0o640):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def become(user):
    entry = pwd.getpwnam(user)
    os.setgroups([grp.getgrnam("camera").gr_gid])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.umask(0o007)
    # A lease that is broken, a reader that goes away: news for the trick, not its end.
    for number in (signal.SIGIO, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)


def loop(seconds):
    """Counts for so long."""
    deadline, count = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        yield count
        count += 1


class Failed(Exception):
    """A trick's own step that should have been possible was not."""


class Scene:
    def __init__(self, after):
        self.after = after
        self.remarks = []
        self.faults = []
        self.cursor = station.cursor()
        self.stack = contextlib.ExitStack()

    @property
    def clears(self):
        return self.after != "keep"

    def camera(self, function, *arguments, user="camera"):
        """Does it as that user and waits; what the function returns."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _play_and_end(writer, user, function, arguments)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            said = file.read()
        os.waitpid(child, 0)
        fault, returned = pickle.loads(said) if said else ("it was killed", None)
        if fault:
            raise Failed(fault)
        return returned

    def deliver(self, name, user="camera", **options):
        """What `deliver` says, done as that user; the content."""
        return self.camera(lambda: deliver(name, **options), user=user)

    def holding(self, function, *arguments, user="camera"):
        """Does it as that user, who then lives on with all that the function returned open, until `let_go` or the end."""
        ready_reader, ready_writer = os.pipe()
        end_reader, end_writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(end_writer)
            os.close(ready_reader)
            _hold_and_end(ready_writer, end_reader, user, function, arguments)
        os.close(ready_writer)
        os.close(end_reader)
        with os.fdopen(ready_reader) as file:
            said = file.read()
        holder = Holder(child, end_writer)
        self.stack.callback(holder.let_go)
        if said:
            raise Failed(said)
        return holder

    def refused(self, what, function, *arguments, user="camera"):
        """True where the kernel refuses it to that user; said beside the trick's name."""
        why = self.camera(_why_refused, function, arguments, user=user)
        self.remarks.append(f"{what}: {why or 'allowed'}")
        return why is not None

    def tell_judged(self, start):
        """How many verdicts a race led to, for who reads this: one without any, on a busy machine, proves nothing."""
        count = sum(1 for path in OUTBOX.rglob("*.json") if str(path.relative_to(OUTBOX)).startswith(start))
        self.remarks.append(f"{count} of its pictures were judged")

    def mount(self, *arguments):
        station.run("mount", *arguments)
        self.stack.callback(station.run, "umount", "-l", arguments[-1], check=False)

    def expect(self, sentence, holds):
        if not holds:
            self.faults.append(f"not so: {sentence}")

    def expect_verdict(self, name, within=5):
        path = OUTBOX / f"{name}.json"
        self.expect(f"{name} has its verdict within {within} s", station.is_reached(path.exists, within))

    def expect_told(self, words, within=8):
        self.expect(
            f"the journal tells of {words}", station.is_reached(lambda: words in station.told_since(self.cursor), within))


class Holder:
    def __init__(self, process, end_writer):
        self.process, self.end_writer = process, end_writer

    def let_go(self):
        if self.process:
            os.close(self.end_writer)
            os.waitpid(self.process, 0)
            self.process = None


def _why_refused(function, arguments):
    try:
        function(*arguments)
        return None
    except OSError as error:
        return error.strerror.lower()


def _play_and_end(writer, user, function, arguments):
    try:
        become(user)
        said = pickle.dumps((None, function(*arguments)))
    except BaseException:
        said = pickle.dumps((traceback.format_exc()[-600:], None))
    with os.fdopen(writer, "wb") as file:
        file.write(said)
    os._exit(0)


def _hold_and_end(ready, end, user, function, arguments):
    try:
        become(user)
        held = function(*arguments)
        os.close(ready)
        os.read(end, 1)
        del held
    except BaseException:
        os.write(ready, traceback.format_exc()[-600:].encode())
    os._exit(0)
