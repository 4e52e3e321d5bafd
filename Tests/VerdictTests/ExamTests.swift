// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing
import Verdict

@Suite struct ExamTests {
    @Test(arguments: [
        ("0042_left.jpg", "0042", EyeSide.left), ("0042_right.jpg", "0042", .right),
        ("Meier-OD-2024.jpg", "Meier", .right),
        ("Meier-os.jpeg", "Meier", .left), ("a b L.jpg", "a b", .left), ("7.r.jpg", "7", .right),
        ("links_rechts.jpg", "links", .right), ("ward 2/0042_left.jpg", "ward 2/0042", .left),
    ])
    func `whose eye it is stands in the name`(name: String, person: String, side: EyeSide) throws {
        let eye = try #require(EyeName(ImageName(FilePath(name))))
        #expect(eye.person.description == person && eye.side == side)
    }

    @Test(arguments: ["0042.jpg", "left.jpg", "0042_ou.jpg", "0042_leftover.jpg", "_left.jpg", ""])
    func `a name without a word for one eye says nothing`(name: String) {
        #expect(EyeName(ImageName(FilePath(name))) == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let right: Verdict.Outcome?
        let left: Verdict.Outcome?
        let outcome: Exam.Outcome
        let reasons: [String]

        var testDescription: String { "\(right?.rawValue ?? "none"), \(left?.rawValue ?? "none")" }
    }

    static let cases = [
        Case(right: .normal, left: .normal, outcome: .normal, reasons: []),
        Case(right: .normal, left: .disease, outcome: .disease, reasons: []),
        Case(right: .disease, left: .disease, outcome: .disease, reasons: []),
        Case(right: .normal, left: nil, outcome: .incomplete, reasons: ["left-eye-missing"]),
        Case(right: .ungradable, left: .normal, outcome: .incomplete, reasons: ["right-eye-ungradable"]),
        Case(right: .rejected, left: nil, outcome: .incomplete, reasons: ["right-eye-ungradable", "left-eye-missing"]),
        // Who has disease in one eye is referred, whatever the other one is.
        Case(right: .disease, left: nil, outcome: .disease, reasons: ["left-eye-missing"]),
        Case(right: .ungradable, left: .disease, outcome: .disease, reasons: ["right-eye-ungradable"]),
    ]

    private static func eye(_ outcome: Verdict.Outcome, _ name: ImageName) -> Exam.Eye {
        let verdict = Verdict.example(of: ImageContent(sha256: "ab", byteCount: 1, bytes: nil), named: name, outcome)
        return Exam.Eye(verdict, file: "\(name).json")
    }

    @Test(arguments: cases) func `the worse eye decides, and what is not known is said`(eyes: Case) throws {
        var known: [EyeSide: Exam.Eye] = [:]
        known[.right] = eyes.right.map { Self.eye($0, "p_right.jpg") }
        known[.left] = eyes.left.map { Self.eye($0, "p_left.jpg") }
        let exam = Exam(of: "p", known)
        #expect(exam.outcome == eyes.outcome && exam.action == eyes.outcome.action)
        #expect(exam.reasons.map(\.code) == eyes.reasons)
        #expect(exam.eyes[.right] == known[.right] && exam.eyes[.left] == known[.left])
        #expect(try Exam(document: exam.document()) == exam)
        #expect(try Exam(of: "p", known).document() == exam.document(), "the same verdicts make the same bytes")
    }
}
