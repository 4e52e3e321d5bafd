// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Report
internal import SystemPackage

/// Where `evaluate --report` leaves its three files.
struct ReportFolder {
    private let root: FilePath

    /// Makes the folder at once: a long evaluation must not end at a missing right to write.
    init(_ root: FilePath) throws {
        self.root = root
        do throws(SystemFailure) {
            try AtomicFile.makeFolder(root, permissions: 0o755)
            _ = try Folder(root)
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
    }

    func write(_ report: EvaluationReport) throws {
        for (name, text) in [
            ("predictions.csv", report.predictionTable), ("report.json", report.document), ("report.html", report.page),
        ] {
            do throws(SystemFailure) {
                try AtomicFile.write(Array(text.utf8), to: root.appending(name), permissions: 0o644)
            } catch {
                throw Refusal(.cannotCreate, error.description)
            }
        }
    }
}
