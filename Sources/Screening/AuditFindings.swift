// SPDX-License-Identifier: Apache-2.0
internal import Hashing
package import Ledger
internal import LinuxIO
package import SystemPackage
package import Verdict

/// What speaks against a ledger and its outbox: verdicts that were changed, taken away, or put there by somebody else.
package struct AuditFindings: Sendable, Equatable {
    /// What is not as it was published.
    package enum Finding: Sendable, Hashable {
        /// The file's content is not what was published.
        case changed(FilePath)
        case missing(FilePath)
        /// A verdict that fundusd did not publish.
        case added(FilePath)
        /// The document in the ledger is not what was published.
        case changedRecord(ImageName)
        /// What the ledger has of a label is not what was noted: SHA-256 of the picture.
        case changedLabel(String)
        /// From this link on the chain is not what follows from its entries.
        case brokenChain(sequence: Int)
        /// A published verdict without a link.
        case unlinked(ImageName)
        /// No link is the head that was noted earlier.
        case unknownHead(String)
    }

    package private(set) var findings: [Finding] = []
    /// What the entries make of the chain; equal to the ledger's, unless it is broken.
    package private(set) var chain = AuditChain()

    /// Compares them.
    ///
    /// - Parameter noted: a head that was written down earlier, to be found among the links.
    package init(_ ledger: LedgerReader, _ outbox: Outbox, noted: String? = nil) throws {
        var isKnown = noted.map { $0 == chain.head } ?? true
        var isBroken = false
        var expected: Set<FilePath> = []
        func take(_ link: String, _ sequence: Int) {
            if chain.head == noted { isKnown = true }
            if !isBroken, chain.head != link || chain.length != sequence {
                findings.append(.brokenChain(sequence: chain.length))
                isBroken = true
            }
        }
        try ledger.audit { record in
            chain.append(record.entry)
            take(record.link, record.sequence)
            if record.keptDocument != record.entry.document { findings.append(.changedRecord(record.entry.name)) }
            for (path, digest) in record.files {
                expected.insert(path)
                if let finding = try outbox.finding(path, digest) { findings.append(finding) }
            }
        } labels: { label in
            chain.append(label.entry)
            take(label.link, label.sequence)
            if label.keptDocument != label.entry.document { findings.append(.changedLabel(label.entry.sha256)) }
        }
        findings += try ledger.unlinked().map(Finding.unlinked)
        findings += try ledger.unlinkedLabels().map(Finding.changedLabel)
        if let noted, !isKnown { findings.append(.unknownHead(noted)) }
        for image in try ledger.beingPublished() {
            expected.insert(Outbox.verdictPath(for: image.name, spelled: image.spelling))
        }
        try compareExams(ledger, outbox, &expected)
        findings += try outbox.verdictFiles(beside: expected).map(Finding.added)
    }

    /// An exam follows from its verdicts: what is there must be what these make.
    private mutating func compareExams(
        _ ledger: LedgerReader, _ outbox: Outbox, _ expected: inout Set<FilePath>
    ) throws {
        for (person, spelling, isDue) in try ledger.exams() {
            let path = Exam.path(of: person, spelled: spelling)
            guard expected.insert(path).inserted, !isDue else { continue }
            let document = try Exam(of: person, try ledger.eyeVerdicts(of: person)).document()
            if let finding = try outbox.finding(path, SHA256.hash(document).hexadecimal) { findings.append(finding) }
        }
    }

    /// What is found both times: a verdict that was published between two looks is no finding.
    package func confirmed(by second: AuditFindings) -> [Finding] {
        let again = Set(second.findings)
        return findings.filter(again.contains)
    }
}

extension LedgerReader.AuditRecord {
    /// The files that must be there, with their SHA-256.
    fileprivate var files: [(FilePath, String)] {
        let (name, sha256) = (entry.name, entry.sha256)
        let verdict =
            isNewest
            ? Outbox.verdictPath(for: name, spelled: spelling)
            : Outbox.supersededPath(for: name, sha256: sha256, spelled: spelling)
        let heatmap =
            isNewest
            ? Outbox.heatmapPath(for: name, spelled: spelling)
            : Outbox.supersededHeatmapPath(for: name, sha256: sha256, spelled: spelling)
        return [(verdict, entry.document)] + (entry.heatmap.map { [(heatmap, $0)] } ?? [])
    }
}

extension Outbox {
    fileprivate func finding(_ path: FilePath, _ digest: String) throws(SystemFailure) -> AuditFindings.Finding? {
        guard let bytes = try contents(at: path) else { return .missing(path) }
        return SHA256.hash(bytes).hexadecimal == digest ? nil : .changed(path)
    }

    /// The paths of all other `.json` files below the outbox; hidden ones are unfinished, links are looked at by no one.
    fileprivate func verdictFiles(beside expected: Set<FilePath>) throws(SystemFailure) -> [FilePath] {
        let present = Set(
            try Folder(root).tree().filter { $0.status.kind == .regular && $0.path.string.hasSuffix(".json") }
                .map(\.path))
        var unlisted: Set<String> = []
        // Where case makes no difference, a file may be listed in other letters than it was made with.
        for path in expected.subtracting(present) where try contents(at: path) != nil {
            unlisted.insert(path.string.lowercased())
        }
        return present.subtracting(expected).filter { !unlisted.contains($0.string.lowercased()) }
            .sorted { $0.string < $1.string }
    }
}
