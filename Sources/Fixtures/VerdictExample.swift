// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SystemPackage
package import Verdict

extension Verdict {
    package static func example(
        of content: ImageContent, named name: ImageName, _ outcome: Outcome = .normal
    ) -> Verdict {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let probability: Double? =
            switch outcome {
            case .disease: 0.75
            case .normal: 0.25
            case .ungradable, .rejected: nil
            }
        return Verdict(
            of: content, named: name, Judgement(outcome: outcome, probability: probability, reasons: []),
            by: .constant(),
            receivedAt: time, startedAt: time, completedAt: time)
    }
}

extension ImageName: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) { self.init(FilePath(name)) }
}
