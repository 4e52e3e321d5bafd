# SPDX-License-Identifier: Apache-2.0
"""The table: medians over the rounds, and ours / theirs of each round.

In: the figures of stages.py, what machine.py says of the machine. Out: text. Called by bench.py.
"""
import statistics

GROUPS = {
    "float32": "float32",
    "bf16": "bf16",
    "avx2": "float32, AVX2 only (ONNX Runtime and ncnn have no switch)",
    "int8": "int8, and our float32",
    "int8_avx2": "int8, AVX2 only, and our float32 (ONNX Runtime has no switch)",
    "int8_avx2_vnni": "int8, AVX2 with AVX-VNNI, and our float32 (ONNX Runtime has no switch)",
}
# Of the processors' time, in the median measurement, that others may take: above it a ratio tells of them.
LARGEST_SHARE_OF_OTHERS = 0.03


def is_believable(document):
    return document["others_share"] <= LARGEST_SHARE_OF_OTHERS


def ratios(ours, theirs):
    return [own / their for own, their in zip(ours, theirs)]


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})"


def text(document):
    figures = document["figures"]
    parts = [machine_lines(document), logit_lines(figures["logits"])]
    parts += [speed_lines(title, figures[key]) for key, title in GROUPS.items() if key in figures]
    parts += [side_lines(figures["sides"]), training_lines(figures["training"])]
    parts += [start_lines(figures["start"]), path_lines(figures["whole_path_ms"]), idle_lines(figures["idle"])]
    parts.append(goal_lines(goals(figures)) if is_believable(document) else [
        f"No comparison: other programs took {document['others_share']:.1%} of the processors in the median measurement. Stop them, "
        "and run this again."])
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
    """Each beside ours in the same precision, the last one of ours that stands above it."""
    ours, lines = None, []
    if not any(name.startswith("fundusd") for name in figures):
        lines.append(f"    {'fundusd':32} not in this version")
    for name, values in figures.items():
        ours = values if name.startswith("fundusd") else ours
        ratio = "" if ours is None or values is ours else f"   {spread(ratios(ours, values))}"
        lines.append(f"    {name:32} {statistics.median(values):8.2f}{ratio}")
    return lines


def side_lines(cells):
    lines = ["Network at other sides of the input, batch 1: ms an image; ours / theirs"]
    for cell in cells:
        lines.append(f"  {cell['side']}×{cell['side']}, threads {cell['threads']}")
        lines += compared_lines(cell["ms_per_image"])
    return lines


def training_lines(cells):
    lines = ["Training step, batch 8, Adam: images a second, peak MB; ours / PyTorch's channels_last"]
    for cell in cells:
        rates = "   ".join(f"{name} {figures['images_per_second']:.2f}, {figures['peak_mb']:.0f} MB"
                           for name, figures in cell["contestants"].items())
        lines.append(f"  {cell['precision']:10} {rates}   {cell['ratio']:.2f}")
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
    """(what, figure, limit). A limit on how much faster we are is given as the share of the slower's time."""
    start = figures["start"]["fundusd"]
    best_start = [min(values) for values in zip(*(
        peer["first_result_ms"] for name, peer in figures["start"].items() if name != "fundusd"))]
    path = list(figures["whole_path_ms"].values())
    idle = figures["idle"]
    return [
        *network_goals(figures),
        *int8_goals(figures),
        *((f"training {cell['precision']}, PyTorch's images a second / ours", 1 / cell["ratio"], limit)
          for cell, limit in zip(figures["training"], (1 / 1.8, 1 / 1.3))),
        ("start, ms", statistics.median(start["first_result_ms"]), 120),
        ("start / best peer's", statistics.median(ratios(start["first_result_ms"], best_start)), 0.3),
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
        yield f"float32 batch {batch} / better of ONNX Runtime, OpenVINO", median_ratio(cell.get("fundusd"), best), 0.75
    avx2 = figures["avx2"][-1]["ms_per_image"]
    yield "float32 batch 1, AVX2 / OpenVINO AVX2", median_ratio(avx2["fundusd AVX2"], avx2["OpenVINO AVX2"]), 0.80
    yield "bf16 batch 1 / OpenVINO bf16", median_ratio(bf16[1].get("fundusd bf16"), bf16[1]["OpenVINO bf16"]), 0.90
    one = [cell["ms_per_image"]["fundusd"] for cell in figures["float32"] if (cell["batch"], cell["threads"]) == (1, 1)]
    two = [cell["ms_per_image"]["fundusd"] for cell in figures["float32"] if (cell["batch"], cell["threads"]) == (1, 2)]
    if one and two:
        yield "two threads / one, batch 1", median_ratio(two[0], one[0]), 1 / 1.9


def int8_goals(figures):
    int8, avx2 = figures["int8"][-1]["ms_per_image"], figures["int8_avx2"][-1]["ms_per_image"]
    best = [min(pair) for pair in zip(int8["ONNX Runtime int8"], int8["OpenVINO int8"])]
    yield "int8 batch 1 / better of ONNX Runtime, OpenVINO", median_ratio(int8["fundusd int8"], best), 0.90
    yield "int8 batch 1 / our float32", median_ratio(int8["fundusd int8"], int8["fundusd"]), 1 / 2.3
    yield "int8 batch 1, AVX2 / OpenVINO AVX2", median_ratio(
        avx2["fundusd int8 AVX2"], avx2["OpenVINO int8 AVX2"]), 0.90
    if "int8_avx2_vnni" in figures:
        vnni = figures["int8_avx2_vnni"][-1]["ms_per_image"]
        yield "int8 batch 1, AVX-VNNI / OpenVINO AVX-VNNI", median_ratio(
            vnni["fundusd int8 AVX-VNNI"], vnni["OpenVINO int8 AVX-VNNI"]), 0.90
    yield "int8 batch 1, AVX2 / our float32", median_ratio(avx2["fundusd int8 AVX2"], avx2["fundusd AVX2"]), 1 / 1.7


def median_ratio(ours, theirs):
    return statistics.median(ratios(ours, theirs)) if ours else None


def goal_lines(goals):
    lines = [f"{'Goals (most threads)':56} {'figure':>9} {'at most':>9}"]
    for what, figure, limit in goals:
        if figure is None:
            lines.append(f"  {what:54} {'–':>9} {limit:9.3g}   not in this version")
        else:
            lines.append(f"  {what:54} {figure:9.3f} {limit:9.3g}   {'met' if figure <= limit else 'MISSED'}")
    return lines
