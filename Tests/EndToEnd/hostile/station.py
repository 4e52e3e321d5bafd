# SPDX-License-Identifier: Apache-2.0
"""The installed service, set up as docs/threat-model.md says, and what may be asked of it."""
import grp
import os
import pathlib
import pwd
import shutil
import subprocess
import time

SOURCE = pathlib.Path("/opt/fundusd/source")
FIXTURES = SOURCE / ".build/release/fundusd-fixtures"
ROOT = pathlib.Path("/srv/fundusd")
INBOX, OUTBOX, LABELLED, STAGING = (ROOT / name for name in ("inbox", "outbox", "labelled", "staging"))
STATE = pathlib.Path("/var/lib/fundusd")
DRAWN = pathlib.Path("/var/lib/drawn")
CONFIGURATION = pathlib.Path("/etc/fundusd/config.yaml")
SETTINGS = "recursive: true\nheatmap: true\nsettle-seconds: 0.5\nworkers: 2\nthreads: 1\n"
EYES = 4
LABELLED_EYES = 40

# Many restarts in a row are this test's doing, and no fault.
DROP_IN = """[Unit]
StartLimitIntervalSec=0
[Service]
SupplementaryGroups=camera doctors
"""


def run(*command, user=None, check=True):
    done = subprocess.run(
        [str(word) for word in command], user=user, group=user and pwd.getpwnam(user).pw_gid,
        extra_groups=user and [], capture_output=True, text=True, errors="backslashreplace")
    if check and done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
    return done


def install():
    run("make", "--no-print-directory", "-C", SOURCE, "install", "PREFIX=/usr", "DESTDIR=")
    for group in ("camera", "doctors"):
        run("groupadd", "-f", group)
    for user in ("camera", "stranger"):
        run("useradd", "-g", "camera", user)
    shutil.chown(INBOX, group="camera")
    shutil.chown(OUTBOX, user="fundusd", group="doctors")
    INBOX.chmod(0o2770)
    OUTBOX.chmod(0o2750)
    STAGING.mkdir()
    shutil.chown(STAGING, user="camera", group="camera")
    STAGING.chmod(0o2770)
    folder = pathlib.Path("/run/systemd/system/fundusd.service.d")
    folder.mkdir(parents=True)
    (folder / "test.conf").write_text(DROP_IN)
    run("systemctl", "daemon-reload")
    run(FIXTURES, "seeded-model", STATE)
    DRAWN.mkdir()
    run(FIXTURES, "draw-eyes", DRAWN, max(EYES, LABELLED_EYES), "--side", 256)
    run("chown", "-R", "fundusd:fundusd", STATE)


def drawn_eye(number):
    return (DRAWN / f"eye-{number}.jpg").read_bytes()


def plant_labelled():
    """Pictures that the service may read and, by its rights, remove: what a link could lead it to."""
    owner, group = pwd.getpwnam("fundusd").pw_uid, grp.getgrnam("fundusd").gr_gid
    empty(LABELLED)
    for name in ("disease", "normal"):
        (LABELLED / name).mkdir()
        os.chown(LABELLED / name, owner, group)
        (LABELLED / name).chmod(0o2770)
    for number in range(1, LABELLED_EYES + 1):
        path = LABELLED / f"disease/eye-{number}.jpg"
        path.write_bytes(marked(drawn_eye(number), f"labelled {number}"))
        os.chown(path, owner, group)
        path.chmod(0o640)


def marked(jpeg, text):
    """The picture with a comment behind its first marker: the same pixels, another content."""
    words = text.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + jpeg[2:]


def empty(folder):
    """By rm, which also removes what lies deeper than a path may be long."""
    run("find", folder, "-mindepth", "1", "-maxdepth", "1", "-exec", "rm", "-rf", "{}", "+", check=False)


def start_anew(after):
    """An empty inbox, outbox, archive and ledger, and the service running with that `after`."""
    run("systemctl", "stop", "fundusd", check=False)
    for folder in (INBOX, OUTBOX, STATE / "archive"):
        empty(folder)
    for path in STATE.iterdir():
        if path.name != "models" and not path.is_dir():
            path.unlink()
    plant_labelled()
    CONFIGURATION.write_text((SOURCE / "systemd/config.yaml").read_text() + SETTINGS + f"after: {after}\n")
    run("systemctl", "reset-failed", "fundusd", check=False)
    if faults := restart():
        raise RuntimeError(faults[0])


def restart():
    """What it says where it doesn't come up again."""
    done = run("systemctl", "restart", "fundusd", check=False)
    return [] if done.returncode == 0 else ["it can't be started again: " + journal_tail()]


def journal_tail():
    said = run("journalctl", "-u", "fundusd", "-o", "cat", "-n", 6, "--no-pager", check=False).stdout
    return " | ".join(said.splitlines())[-900:]


def cursor():
    run("journalctl", "--sync")
    said = run("journalctl", "-u", "fundusd", "-n", 0, "--show-cursor", "-o", "cat").stdout
    return said.split("-- cursor: ")[-1].strip()


def told_since(cursor):
    run("journalctl", "--sync")
    return run("journalctl", "-u", "fundusd", "--after-cursor", cursor, "-o", "cat").stdout


def main_process():
    return int(run("systemctl", "show", "-P", "MainPID", "fundusd").stdout)


def restarts_by_faults():
    return int(run("systemctl", "show", "-P", "NRestarts", "fundusd").stdout)


def is_reached(condition, within):
    """Looks until a condition holds; false where it doesn't within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
