// SPDX-License-Identifier: Apache-2.0
/// Figures in Prometheus' text format, version 0.0.4, as node_exporter's textfile collector reads them.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/ : a HELP and a TYPE line a family, its samples together.
package struct MetricsText: Sendable, Equatable {
    package private(set) var text = ""

    package init() {}

    package enum Kind: String, Sendable { case counter, gauge }

    /// One number with its labels.
    package struct Sample: Sendable {
        let labels: [(name: String, value: String)]
        let value: Double

        package init(_ value: Double, _ labels: (name: String, value: String)...) {
            self.value = value
            self.labels = labels
        }
    }

    /// Adds a family of samples; nothing where there is none.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        begin(name, kind.rawValue, help)
        for sample in samples { add(name, sample.labels, sample.value) }
    }

    /// Adds a family of one sample.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [Sample(value)])
    }

    /// A family of buckets in seconds, with its sum and its count.
    package mutating func add(_ name: String, _ help: String, _ histogram: DurationHistogram) {
        begin(name, "histogram", help)
        var below = 0
        for (bound, count) in zip(DurationHistogram.bounds, histogram.counts) {
            below += count
            add("\(name)_bucket", [("le", "\(bound)")], Double(below))
        }
        add("\(name)_bucket", [("le", "+Inf")], Double(histogram.count))
        add("\(name)_sum", [], histogram.sum)
        add("\(name)_count", [], Double(histogram.count))
    }

    private mutating func begin(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    private mutating func add(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(Self.number(value))\n"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n", "\r\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
    }

    /// Whole numbers without a decimal point, the rest as Go's parser takes it.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
