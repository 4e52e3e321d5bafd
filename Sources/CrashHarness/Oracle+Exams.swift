// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// What the outbox says of persons' eyes together, beside its verdicts.
extension Oracle {
    private struct Exam: Decodable {
        struct Eye: Decodable {
            let image: String
            let sha256: String
            let outcome: String
            let verdict: String
        }
        let person: String
        let eyes: [String: Eye?]
    }

    /// Whose eye a picture of a crash run shows: its folder with the person, and the side. The harness's own reading of names.
    private static func eye(in name: String) -> (person: String, side: String)? {
        guard let match = name.wholeMatch(of: /((?:.*\/)?[^\/]*p[0-9]+)_(left|right)_.*/) else { return nil }
        return (String(match.1), String(match.2))
    }

    /// - Parameter newest: the verdicts that have their images' own names, by file.
    mutating func judgeExams(_ outbox: FilePath, _ newest: [String: Document]) throws {
        var exams: [String: Exam] = [:]
        for path in try Self.exams(outbox) {
            let bytes = try Descriptor.open(outbox.pushing(path), O_RDONLY).read(upTo: 1 << 20)
            guard let exam = try? JSONDecoder().decode(Exam.self, from: Data(bytes)),
                path.string == "\(Self.examFolder)\(exam.person).json"
            else {
                note(.wrongExam(path.string))
                continue
            }
            exams[exam.person] = exam
            for (side, eye) in exam.eyes where eye.map({ !Self.stands($0, exam.person, side, newest) }) ?? false {
                note(.wrongExam(path.string))
            }
        }
        for (file, verdict) in newest {
            guard let (person, side) = Self.eye(in: verdict.image.name) else { continue }
            guard let known = exams[person]?.eyes[side] ?? nil else {
                note(.unexamined(file))
                continue
            }
            // A verdict on the eye stands before those on pictures that nobody can judge.
            let judged = ["disease", "normal"]
            if judged.contains(verdict.outcome) && !judged.contains(known.outcome) { note(.unexamined(file)) }
        }
    }

    private static func stands(
        _ eye: Exam.Eye, _ person: String, _ side: String, _ newest: [String: Document]
    ) -> Bool {
        guard let verdict = newest[eye.verdict], let whose = Self.eye(in: eye.image) else { return false }
        return whose == (person, side) && verdict.image.name == eye.image && verdict.image.sha256 == eye.sha256
            && verdict.outcome == eye.outcome
    }

    private static func exams(_ outbox: FilePath) throws -> [FilePath] {
        try Folder(outbox).tree()
            .filter { $0.status.kind == .regular && $0.path.string.hasSuffix(".json") }.map(\.path)
            .filter { $0.string.hasPrefix(examFolder) }
    }
}
