// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

extension EvaluationReport {
    package static let schema = "fundusd.evaluation/1"

    /// `report.json`; `docs/evaluation.md` says what each figure is.
    package var document: String {
        JSONValue.object([
            "schema": .string(Self.schema),
            "intended_use": .string(Self.intendedUse),
            "software": ["name": "fundusd", "version": .string(question.softwareVersion)],
            "created_at": .string(question.date),
            "positive_class": "disease",
            "model": modelJSON,
            "data": dataJSON,
            "threshold": ["value": .number(question.figures.threshold), "origin": .string(question.thresholdOrigin)],
            "method": methodJSON,
            "figures": figures.json,
            "gradable_only": gradableOnly?.json ?? .null,
            "subgroups": .array(subgroups.map(\.json)),
            "in_service": inService?.json ?? .null,
        ]).document
    }

    private var modelJSON: JSONValue {
        [
            "id": .string(model.id), "sha256": .string(model.sha256), "trained_at": JSONValue(model.trainedAt),
            "recipe": JSONValue(model.recipe), "output_class": .string(model.outputClass),
        ]
    }

    private var dataJSON: JSONValue {
        [
            "folder": .string(question.folder), "images": .integer(images.count),
            "ungradable": .integer(ungradableCount),
            "groups": hasGroups ? .integer(figures.samples.groupCount) : .null,
            "other_files": .integer(otherFileCount),
            "other_kinds": .array(unread.map(\.json)),
            "skipped": .array(skipped.map { ["path": .string($0.path), "reason": .string($0.reason)] }),
            "repeated": .array(repeated.map { .array($0.map { .string($0.path) }) }),
            "contradictions": .array(contradictions.map { .array($0.map { .string($0.path) }) }),
        ]
    }

    private var methodJSON: JSONValue {
        [
            "confidence_level": .number(0.95), "bootstrap_replicates": .integer(question.figures.bootstrapReplicates),
            "bootstrap_unit": .string(hasGroups ? "group" : "image"),
            "seed": .string("\(question.seed)"),
        ]
    }
}

extension InServiceFigures {
    fileprivate var json: JSONValue {
        ["answers": .integer(answers), "sensitivity": sensitivity.json, "specificity": specificity.json]
    }
}

extension InServiceFigures.Figure {
    fileprivate var json: JSONValue {
        ["value": .number(value), "interval": JSONValue(Interval(lower: lower, upper: upper))]
    }
}

extension EvaluationReport.Unread {
    fileprivate var json: JSONValue {
        ["kind": .string(kind), "files": .integer(count), "first": .array(first.map(JSONValue.string))]
    }
}

extension EvaluationFigures {
    fileprivate var json: JSONValue {
        .object([
            "images": .integer(samples.count), "disease": .integer(samples.diseaseCount),
            "normal": .integer(samples.normalCount),
            "at_threshold": matrix.json(bootstrap),
            "auc": [
                "value": JSONValue(roc?.areaUnderCurve), "interval": JSONValue(areaUnderCurveInterval),
                "bootstrap_interval": JSONValue(bootstrap.areaUnderCurve),
            ],
            "average_precision": [
                "value": JSONValue(precisionRecall?.averagePrecision),
                "bootstrap_interval": JSONValue(bootstrap.averagePrecision),
            ],
            "calibration": calibration.json,
            "temperature_scaling": temperatureJSON,
            "target_sensitivity": targetJSON,
            "decisions": .array(
                decisions.map { decision in
                    ["threshold": .number(decision.threshold), "figures": decision.matrix.json(nil)]
                }),
            "roc": .array(
                (roc?.corners ?? []).map { point in
                    [
                        "threshold": JSONValue(point.threshold),
                        "false_positive_rate": .number(point.falsePositiveRate),
                        "true_positive_rate": .number(point.truePositiveRate),
                    ]
                }),
            "precision_recall": .array(
                (precisionRecall?.points ?? []).map { point in
                    [
                        "threshold": .number(point.threshold), "precision": .number(point.precision),
                        "recall": .number(point.recall),
                    ]
                }),
        ])
    }

    private var temperatureJSON: JSONValue {
        [
            "temperature": .number(temperature.temperature), "is_at_limit": .boolean(temperature.isAtLimit),
            "cross_fitted_calibration": calibrationAfterScaling?.json ?? .null,
        ]
    }

    private var targetJSON: JSONValue {
        guard let choice else { return .null }
        return [
            "target": .number(choice.target), "threshold": .number(choice.threshold),
            "figures": choice.matrix.json(nil),
            "held_out": .array(
                heldOutChoices.map { heldOut in
                    ["threshold": .number(heldOut.choice.threshold), "figures": heldOut.matrix.json(nil)]
                }),
        ]
    }
}

extension ConfusionMatrix {
    /// - Parameter bootstrap: its intervals, where there are any.
    fileprivate func json(_ bootstrap: GroupBootstrap?) -> JSONValue {
        [
            "true_positives": .integer(truePositives), "false_positives": .integer(falsePositives),
            "true_negatives": .integer(trueNegatives), "false_negatives": .integer(falseNegatives),
            "sensitivity": sensitivity.json(bootstrap?.sensitivity),
            "specificity": specificity.json(bootstrap?.specificity),
            "positive_predictive_value": positivePredictiveValue.json(bootstrap?.positivePredictiveValue),
            "negative_predictive_value": negativePredictiveValue.json(bootstrap?.negativePredictiveValue),
            "accuracy": accuracy.json(bootstrap?.accuracy),
            "f1": ["value": JSONValue(f1), "bootstrap_interval": JSONValue(bootstrap?.f1)],
        ]
    }
}

extension Proportion {
    fileprivate func json(_ bootstrap: Interval?) -> JSONValue {
        [
            "value": JSONValue(value), "successes": .integer(successes), "trials": .integer(trials),
            "interval": JSONValue(interval), "bootstrap_interval": JSONValue(bootstrap),
        ]
    }
}

extension Calibration {
    fileprivate var json: JSONValue {
        [
            "brier_score": .number(brierScore), "log_loss": .number(logLoss),
            "expected_calibration_error": .number(expectedCalibrationError),
            "equal_mass_calibration_error": .number(equalMassCalibrationError),
            "bins": .array(
                bins.map { bin in
                    [
                        "lower": .number(bin.lower), "upper": .number(bin.upper),
                        "mean_probability": .number(bin.meanProbability), "disease": bin.disease.json(nil),
                    ]
                }),
        ]
    }
}

extension SubgroupFigures {
    fileprivate var json: JSONValue {
        [
            "by": .string(division), "name": .string(name), "disease": .integer(diseaseCount),
            "normal": .integer(normalCount),
            "auc": ["value": JSONValue(areaUnderCurve), "interval": JSONValue(areaUnderCurveInterval)],
            "at_threshold": matrix.json(nil),
        ]
    }
}

extension JSONValue {
    /// `[lower, upper]`
    fileprivate init(_ interval: Interval?) {
        self = interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null
    }
}
