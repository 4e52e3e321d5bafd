# SPDX-License-Identifier: Apache-2.0
"""The table: medians over the rounds, and ours / theirs of each round.

In: the figures of stages.py, what machine.py says of the machine. Out: text. Called by bench.py.
"""
import statistics

GROUPS = {"float32": "float32", "bf16": "bf16", "avx2": "float32, AVX2 only (ONNX Runtime and ncnn have no switch)"}


def ratios(ours, theirs):
    return [own / their for own, their in zip(ours, theirs)]


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})"


def text(document):
    figures = document["figures"]
    parts = [machine_lines(document), logit_lines(figures["logits"])]
    parts += [speed_lines(title, figures[key]) for key, title in GROUPS.items()]
    parts += [start_lines(figures["start"]), path_lines(figures["whole_path_ms"]), idle_lines(figures["idle"])]
    parts.append(goal_lines(goals(figures)))
    return "\n\n".join("\n".join(lines) for lines in parts)


def machine_lines(document):
    return [f"{key}: {value}" for key, value in document["machine"].items()]


def logit_lines(logits):
    lines = [f"Logit of the golden input: {logits['golden_logit']}; differences of the peers:"]
    return lines + [f"  {name:32} {difference:.2e}" for name, difference in logits["differences"].items()]


def speed_lines(title, cells):
    """One line a contestant and load; ours first, so that the peers' ratios stand below what they compare."""
    lines = [f"Network, {title}: ms an image, median of the rounds; ours / theirs by round, median (range)"]
    for cell in cells:
        lines.append(f"  batch {cell['batch']}, threads {cell['threads']}")
        lines += compared_lines(cell["ms_per_image"])
    return lines


def compared_lines(figures):
    ours = next((values for name, values in figures.items() if name.startswith("fundusd")), None)
    lines = []
    if ours is None:
        lines.append(f"    {'fundusd':32} not in this version")
    for name, values in figures.items():
        ratio = "" if ours is None or values is ours else f"   {spread(ratios(ours, values))}"
        lines.append(f"    {name:32} {statistics.median(values):8.2f}{ratio}")
    return lines


def start_lines(starts):
    lines = [
        "Process start → first result, warm page cache (ours from a JPEG, theirs from a ready tensor); peak memory",
        f"    {'':32} {'ms':>8} {'without interpreter':>20} {'peak MB':>9}"]
    for name, figures in starts.items():
        inside = f"{statistics.median(figures['in_python_ms']):20.0f}" if "in_python_ms" in figures else " " * 20
        first, peak = statistics.median(figures["first_result_ms"]), statistics.median(figures["peak_mb"])
        lines.append(f"    {name:32} {first:8.0f} {inside} {peak:9.0f}")
    return lines


def path_lines(figures):
    return ["JPEG of 2000×2000 pixels → P(disease), ms", *compared_lines(figures)]


def idle_lines(idle):
    return [
        f"Idle watch: {idle['processor_seconds']:.4f} s of processor time in {idle['seconds']} s, "
        f"{idle['resident_mb']:.0f} MB resident"]


def goals(figures):
    """(what, figure, limit): issue 4's bar."""
    start = figures["start"]["fundusd"]
    best_start = [min(values) for values in zip(*(
        peer["first_result_ms"] for name, peer in figures["start"].items() if name != "fundusd"))]
    path = list(figures["whole_path_ms"].values())
    idle = figures["idle"]
    return [
        *network_goals(figures),
        ("start, ms", statistics.median(start["first_result_ms"]), 120),
        ("start / best peer's", statistics.median(ratios(start["first_result_ms"], best_start)), 0.5),
        ("peak memory, MB", statistics.median(start["peak_mb"]), 200),
        ("whole path / Python's", statistics.median(ratios(*path)), 0.5),
        ("idle watch, processor s in 60 s", idle["processor_seconds"] * 60 / idle["seconds"], 0.1),
    ]


def network_goals(figures):
    """At the most threads: the last cell of a batch."""
    float32 = {cell["batch"]: cell["ms_per_image"] for cell in figures["float32"]}
    bf16 = {cell["batch"]: cell["ms_per_image"] for cell in figures["bf16"]}
    for batch in (1, 8):
        cell = float32[batch]
        best = [min(pair) for pair in zip(cell["ONNX Runtime"], cell["OpenVINO"])]
        yield f"float32 batch {batch} / better of ONNX Runtime, OpenVINO", median_ratio(cell.get("fundusd"), best), 0.85
    yield "bf16 batch 1 / OpenVINO bf16", median_ratio(bf16[1].get("fundusd bf16"), bf16[1]["OpenVINO bf16"]), 0.90


def median_ratio(ours, theirs):
    return statistics.median(ratios(ours, theirs)) if ours else None


def goal_lines(goals):
    lines = [f"{'Goals (most threads)':56} {'figure':>9} {'at most':>9}"]
    for what, figure, limit in goals:
        if figure is None:
            lines.append(f"  {what:54} {'–':>9} {limit:9}   not in this version")
        else:
            lines.append(f"  {what:54} {figure:9.3f} {limit:9}   {'met' if figure <= limit else 'MISSED'}")
    return lines
