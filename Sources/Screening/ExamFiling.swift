// SPDX-License-Identifier: Apache-2.0
package import Ledger
internal import LinuxIO
internal import Synchronization
package import SystemPackage
package import Verdict

extension Exam {
    /// Below the outbox.
    package static let folder: FilePath = "exams"

    /// `exams/PERSON.json`, below the folder that the pictures' own is below the inbox; where the outbox can't have that name,
    /// spelled as a verdict's would be.
    package static func path(of person: ImageName, spelled spelling: FilePath? = nil) -> FilePath {
        Outbox.verdictPath(for: fileName(of: person), spelled: spelling)
    }

    /// What a verdict with the same file would have as its image's name.
    static func fileName(of person: ImageName) -> ImageName { ImageName(folder.pushing(person.path)) }

    package init(of person: ImageName, _ verdicts: [EyeVerdict]) {
        let eyes = verdicts.map { known in
            let file = Outbox.verdictPath(for: known.name, spelled: known.spelling)
            return (known.side, Exam.Eye(known.verdict, file: ImageName(file).description))
        }
        self.init(of: person.description, Dictionary(eyes) { first, _ in first })
    }
}

/// Writes the exams that the ledger says are due: one thread after the other, so that none writes what is no longer known.
final class ExamFiling: Sendable {
    private let outbox: Outbox
    private let places: OutboxPlaces
    private let ledger: Ledger
    private let turn = Mutex(())

    init(_ outbox: Outbox, _ places: OutboxPlaces, _ ledger: Ledger) {
        self.outbox = outbox
        self.places = places
        self.ledger = ledger
    }

    /// A crash before the ledger knows writes the same bytes once more.
    ///
    /// - Throws: a fault of the machine; what is due stays due.
    func writeDue() throws {
        try turn.withLock { _ in
            for (person, changes) in try ledger.examsDue() {
                let exam = Exam(of: person, try ledger.eyeVerdicts(of: person))
                try ledger.recordExam(of: person, upTo: changes, spelled: try write(exam, of: person))
            }
        }
    }

    /// - Returns: how its name is spelled, where the outbox can't have the name itself.
    private func write(_ exam: Exam, of person: ImageName) throws -> FilePath? {
        let name = Exam.fileName(of: person)
        // A picture below a folder `exams` of the inbox may have a verdict of that name, which must stay.
        guard try ledger.newestPublished(name) == nil else { return nil }
        let spelling = Outbox.spelling(of: name, on: try places.abilities())
        let path = Exam.path(of: person, spelled: spelling)
        let folder = try Folder(outbox.root)
        try folder.makeFolders(path.removingLastComponent())
        try folder.write(try exam.document(), to: path)
        return spelling
    }
}
