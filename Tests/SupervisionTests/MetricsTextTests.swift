// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Supervision

@Suite struct MetricsTextTests {
    @Test func `families have their help and type before their samples`() {
        var metrics = MetricsText()
        metrics.add(
            "a_total", .counter, "So many\nof \\ them.",
            [
                .init(3, (name: "outcome", value: "say \"so\"\n\\")), .init(0.25),
            ])
        metrics.add("nothing", .gauge, "No samples, no family.", [])
        metrics.add("big", .gauge, "Numbers.", 1_800_000_000)
        #expect(
            metrics.text == #"""
                # HELP a_total So many\nof \\ them.
                # TYPE a_total counter
                a_total{outcome="say \"so\"\n\\"} 3
                a_total 0.25
                # HELP big Numbers.
                # TYPE big gauge
                big 1800000000

                """#)
    }

    @Test(arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (-2, "-2"), (1e300, "1e+300")])
    func `numbers are those of Go's parser`(value: Double, text: String) {
        var metrics = MetricsText()
        metrics.add("a", .gauge, "b", value)
        #expect(metrics.text.split(separator: "\n").last == "a \(text)")
    }

    @Test func `a histogram's buckets hold all below them`() {
        var histogram = DurationHistogram()
        for seconds in [0.01, 0.011, 0.3, 100] { histogram.add(seconds: seconds) }
        #expect(histogram.counts == [1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1])
        var metrics = MetricsText()
        metrics.add("t", "Times.", histogram)
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(lines[1] == "# TYPE t histogram")
        #expect(lines[2...4] == [#"t_bucket{le="0.01"} 1"#, #"t_bucket{le="0.025"} 2"#, #"t_bucket{le="0.05"} 2"#])
        #expect(
            lines.suffix(4) == [#"t_bucket{le="10.0"} 3"#, #"t_bucket{le="+Inf"} 4"#, "t_sum 100.321", "t_count 4"])
    }
}
