# SPDX-License-Identifier: Apache-2.0
"""Children whose processor time, memory and first line are measured; and what the rest of the machine did meanwhile.

Called by contestants.py and bench.py. Linux only: /proc/stat, wait4.
"""
import os
import subprocess
import time
from dataclasses import dataclass

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = len(os.sched_getaffinity(0))


@dataclass
class Finished:
    lines: list
    first_line_ms: float  # from the start of the process to its first line
    peak_mb: float  # most memory ever resident, 10⁶ bytes
    processor_seconds: float


def clean_environment(**additions):
    """Ours without what steers some library's threads: OPENBLAS_… is known to slow peers that bring an OpenBLAS."""
    steering = ("OPENBLAS_", "OMP_", "MKL_", "KMP_", "GOMP_", "FUNDUSD_", "ONEDNN_", "DNNL_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return kept | additions


def run(command, environment):
    """Raises CalledProcessError, with what was printed, where the command fails."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    first = child.stdout.readline()
    first_line_ms = (time.perf_counter() - start) * 1000
    rest, errors = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 65):  # 65: classify calls the picture ungradable, which is a verdict
        raise subprocess.CalledProcessError(child.returncode, command, first + rest, errors)
    return Finished(
        (first + rest).splitlines(), first_line_ms, usage.ru_maxrss * 1024 / 1e6, usage.ru_utime + usage.ru_stime)


def busy_seconds():
    """Processor time that the whole machine has spent since its start, the hypervisor's theft included."""
    with open("/proc/stat") as statistics:
        user, nice, system, _idle, _wait, interrupts, soft_interrupts, stolen = (
            int(field) for field in statistics.readline().split()[1:9])
    return (user + nice + system + interrupts + soft_interrupts + stolen) / TICKS_PER_SECOND


class Quiet:
    """Repeats a measurement during which others used the processors, as long as its patience lasts."""

    LARGEST_SHARE = 0.03  # of all processors' time
    LEAST_SECONDS = 2 / TICKS_PER_SECOND  # what /proc/stat can tell

    def __init__(self, patience_seconds):
        self.patience = patience_seconds
        self.repeats = 0
        self.shares = []  # of others, in the measurements that count

    def run(self, command, environment):
        while True:
            finished, others, elapsed = run_beside_others(command, environment)
            share = others / (elapsed * PROCESSORS)
            if share <= self.LARGEST_SHARE or others <= self.LEAST_SECONDS or self.patience <= 0:
                self.shares.append(share)
                return finished
            self.repeats += 1
            time.sleep(1)
            self.patience -= elapsed + 1

    @property
    def median_share(self):
        return sorted(self.shares)[len(self.shares) // 2]

    def summary(self):
        shares = sorted(self.shares)
        return (
            f"took {self.median_share:.1%} of the processors in the median measurement, {shares[-1]:.1%} at most; "
            f"{self.repeats} measurements were repeated because of them")


def run_beside_others(command, environment):
    """What finished, processor seconds that others used meanwhile, and seconds that it took."""
    start, busy, own = time.perf_counter(), busy_seconds(), time.process_time()
    finished = run(command, environment)
    elapsed = time.perf_counter() - start
    others = busy_seconds() - busy - finished.processor_seconds - (time.process_time() - own)
    return finished, max(0.0, others), elapsed
