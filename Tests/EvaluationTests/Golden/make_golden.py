#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes scores-NN.csv and figures.json: random scores, and what scikit-learn, SciPy and plain loops say of them.

Made with scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6, Python 3.11. The tests' tolerance is 1e-6 for all figures,
relative for a temperature above 1: scikit-learn's search ends about 1e-8 from the minimum.

No number of scores is 1 more than a multiple of 3 or 5: then the edges of equal-mass bins would fall on ranks, and
NumPy's rounding, not the data, would say on which side of them a score lies.

Where no library has a figure, this file has it in its most literal form: DeLong's variance by comparing every pair,
the expected calibration error over `calibration_curve`'s bins, the bootstrap by repeating rows.
"""
import csv
import json
import pathlib

import numpy as np
from scipy.stats import binomtest, norm
from sklearn import metrics
from sklearn.calibration import _TemperatureScaling, calibration_curve

HERE = pathlib.Path(__file__).resolve().parent
BINS = 15
REPLICATES = 100
TARGET = 0.9


def case(number):
    """Scores, labels, groups and a threshold; each case with another size, share of disease and kind of ties."""
    rng = np.random.default_rng(number)
    count = [60, 62, 75, 80, 98, 102, 120, 150, 200, 240][number % 10]
    labels = (rng.random(count) < [0.5, 0.1, 0.9, 0.3, 0.7][number % 5]).astype(int)
    labels[:4] = [0, 1, 0, 1]
    logits = rng.normal(size=count) * [1, 3, 0.5][number % 3] + (labels - 0.5) * [1, 2, 0, 3][number % 4]
    scores = np.round(1 / (1 + np.exp(-logits)), [6, 2, 1, 4][number % 4])
    if number == 17:
        scores[:] = 0.5
    if number == 18:
        scores = np.round(np.where(labels == 1, 0.6 + 0.4 * scores, 0.5 * scores), 3)
    if number == 19:
        scores = 1 - scores
        scores[4:8] = [0, 1, 0, 1]
    groups = rng.integers(0, count // 2, count)
    return scores, labels, groups, [0.5, 0.3, 0.7, 0.42][number % 4]


def proportion(successes, trials):
    if trials == 0:
        return None
    interval = binomtest(int(successes), int(trials)).proportion_ci(method="wilson")
    return [successes / trials, interval.low, interval.high]


def point_figures(scores, labels, threshold):
    called = (scores >= threshold).astype(int)
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, called, labels=[0, 1])
    assert tp + fn == 0 or np.isclose(metrics.recall_score(labels, called, zero_division=0), tp / (tp + fn))
    assert tp + fp == 0 or np.isclose(metrics.precision_score(labels, called, zero_division=0), tp / (tp + fp))
    assert np.isclose(metrics.accuracy_score(labels, called), (tp + tn) / len(labels))
    return {
        "counts": [int(tp), int(fp), int(tn), int(fn)],
        "sensitivity": proportion(tp, tp + fn),
        "specificity": proportion(tn, tn + fp),
        "positive_predictive_value": proportion(tp, tp + fp),
        "negative_predictive_value": proportion(tn, tn + fn),
        "accuracy": proportion(tp + tn, len(labels)),
        "f1": metrics.f1_score(labels, called),
    }


def delong_variance(scores, labels):
    disease, normal = scores[labels == 1], scores[labels == 0]
    wins = (disease[:, None] > normal[None, :]) + 0.5 * (disease[:, None] == normal[None, :])
    return wins.mean(axis=1).var(ddof=1) / len(disease) + wins.mean(axis=0).var(ddof=1) / len(normal)


def calibration_error(scores, labels, strategy):
    shares, means = calibration_curve(labels, scores, n_bins=BINS, strategy=strategy)
    edges = np.linspace(0, 1, BINS + 1)
    if strategy == "quantile":
        edges = np.percentile(scores, edges * 100)
    counts = np.bincount(np.searchsorted(edges[1:-1], scores), minlength=BINS)
    counts = counts[counts > 0]
    bins = [[float(m), float(s), int(c)] for m, s, c in zip(means, shares, counts, strict=True)]
    return float(np.sum(counts / len(labels) * np.abs(shares - means))), bins


def temperature(scores, labels):
    inside = np.clip(scores, 2.0**-53, 1 - 2.0**-53)
    logits = np.log(inside) - np.log1p(-inside)
    # scikit-learn takes a binary logit z for the two logits −z and z, whose difference is 2z.
    return 1 / (2 * _TemperatureScaling().fit(logits, labels).beta_)


class SplitMix64:
    """The generator of Sources/ResNet/SplitMix64.swift."""

    def __init__(self, seed):
        self.state = seed

    def below(self, count):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) * count) >> 64


def bootstrap(scores, labels, groups, threshold, seed):
    names = list(dict.fromkeys(groups.tolist()))
    rows = [np.flatnonzero(groups == name) for name in names]
    generator = SplitMix64(seed)
    drawn = []
    for _ in range(REPLICATES):
        picked = np.concatenate([rows[generator.below(len(rows))] for _ in rows])
        s, y = scores[picked], labels[picked]
        called = s >= threshold
        drawn.append([
            metrics.recall_score(y, called, zero_division=np.nan),
            metrics.precision_score(y, called, zero_division=np.nan),
            metrics.f1_score(y, called, zero_division=np.nan),
            metrics.roc_auc_score(y, s) if 0 < y.sum() < len(y) else np.nan,
            metrics.average_precision_score(y, s) if y.sum() else np.nan,
        ])
    figures = {}
    for name, values in zip(["sensitivity", "positive_predictive_value", "f1", "auc", "average_precision"], np.array(drawn).T):
        defined = values[~np.isnan(values)]
        enough = len(defined) >= 0.9 * REPLICATES
        figures[name] = np.percentile(defined, [2.5, 97.5]).tolist() if enough else None
    return figures


def figures(number):
    scores, labels, groups, threshold = case(number)
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, cuts = metrics.precision_recall_curve(labels, scores)
    auc = metrics.roc_auc_score(labels, scores)
    variance = delong_variance(scores, labels)
    half = norm.ppf(0.975) * np.sqrt(variance)
    error, bins = calibration_error(scores, labels, "uniform")
    chosen = int(np.flatnonzero(tpr >= TARGET)[0])
    return {
        "threshold": threshold,
        **point_figures(scores, labels, threshold),
        "auc": auc,
        "auc_interval": [max(0, auc - half), min(1, auc + half)] if variance > 0 else None,
        # Every third point of the curves keeps this file small.
        "roc": [[float(a), float(b)] for a, b in zip(fpr, tpr)][::3],
        "precision_recall": [[float(p), float(r), float(c)] for p, r, c in zip(precision, recall, cuts)][::-1][::3],
        "average_precision": metrics.average_precision_score(labels, scores),
        "brier_score": metrics.brier_score_loss(labels, scores),
        "log_loss": metrics.log_loss(labels, scores, labels=[0, 1]),
        "expected_calibration_error": error,
        "equal_mass_calibration_error": calibration_error(scores, labels, "quantile")[0],
        "bins": bins,
        "temperature": temperature(scores, labels),
        "chosen": [float(thresholds[chosen]), float(tpr[chosen]), float(1 - fpr[chosen])],
        "bootstrap": bootstrap(scores, labels, groups, threshold, seed=number),
    }


def rounded(value):
    """Ten digits: far below the tolerance, and the file stays small."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(entry) for entry in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def main():
    expected = {}
    for number in range(20):
        name = f"scores-{number + 1:02}.csv"
        scores, labels, groups, _ = case(number)
        with open(HERE / name, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["score", "disease", "group"])
            writer.writerows([f"{s:.6g}", y, f"person-{g}"] for s, y, g in zip(scores, labels, groups))
        expected[name] = rounded(figures(number))
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in expected.items()]
    (HERE / "figures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
