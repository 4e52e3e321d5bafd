// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage

extension Verdict {
    /// Puts a judgement into the form that the outbox and `classify` give out.
    ///
    /// - Parameters:
    ///   - receivedAt: when the image was known to be complete.
    ///   - startedAt: when a worker took it; the time between is `queued`.
    ///   - completedAt: now.
    package init(
        of content: ImageContent, named name: ImageName, _ judgement: Judgement, by judge: Judge,
        receivedAt: Date, startedAt: Date, completedAt: Date
    ) {
        self.init(
            schema: Self.schemaName,
            image: Image(name, content, judgement),
            outcome: judgement.outcome,
            action: judgement.outcome.action,
            // All digits: what is shown is what was compared, with this threshold or with another one later.
            probability: OrNull(judgement.probability),
            threshold: judge.operatingPoint,
            quality: OrNull(
                judgement.quality.map {
                    Quality(gradable: $0.gradable, score: $0.score, findings: $0.findings.map(\.code))
                }),
            reasons: judgement.reasons,
            model: judge.model.identity,
            software: .current,
            timing: Timing(
                queued: Self.milliseconds(from: receivedAt, to: startedAt),
                decode: OrNull(judgement.decodeMilliseconds.map { Self.rounded($0, toPlaces: 3) }),
                network: OrNull(judgement.networkMilliseconds.map { Self.rounded($0, toPlaces: 3) }),
                total: Self.milliseconds(from: receivedAt, to: completedAt)),
            receivedAt: receivedAt.timestamp,
            completedAt: completedAt.timestamp,
            intendedUse: Self.intendedUseStatement)
    }

    /// Never negative: the wall clock may be set back between the two.
    private static func milliseconds(from start: Date, to end: Date) -> Double {
        rounded(max(0, end.timeIntervalSince(start) * 1000), toPlaces: 3)
    }

    private static func rounded(_ value: Double, toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}

extension Verdict.Image {
    fileprivate init(_ name: ImageName, _ content: ImageContent, _ judgement: Judgement) {
        self.init(
            name: name.description,
            nameBase64: name.isUTF8 ? nil : Data(name.bytes).base64EncodedString(),
            sha256: content.sha256, bytes: content.byteCount,
            width: OrNull(judgement.width), height: OrNull(judgement.height),
            shrinkage: judgement.shrinkage.flatMap { $0 > 1 ? $0 : nil })
    }
}
