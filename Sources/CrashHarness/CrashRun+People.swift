// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// What people do who are given pictures.
extension CrashRun {
    var review: FilePath { folder.path.appending("review") }
    var labelled: FilePath { folder.path.appending("labelled") }

    /// About every picture.
    static let everybodyIsAsked =
        "review: true\nreview.normal-share: 1\nreview.disease-share: 1\nreview.per-day: 100000"

    static let classes = ["disease", "normal", "ungradable"]

    /// Moves a picture that waits into the folder of a class, copies one there, or takes an answer back.
    mutating func answer() throws {
        let label = Self.classes[chance(Self.classes.count)]
        let folder = labelled.appending(label)
        let (waiting, answered) = (try names(in: review), try names(in: folder))
        if let name = pick(answered), chance(4) == 0 {
            story.append("back from \(label): \(name)")
            try moved(folder.appending(name), to: review.appending(name))
        } else if let name = pick(waiting), chance(3) > 0 {
            story.append("\(label): mv \(name)")
            try moved(review.appending(name), to: folder.appending(name))
        } else if let name = pick(waiting) {
            story.append("\(label): cp \(name)")
            try copied(review.appending(name), to: folder.appending(name))
        }
    }

    private mutating func pick(_ names: [String]) -> String? { names.isEmpty ? nil : names[chance(names.count)] }

    private func names(in folder: FilePath) throws(SystemFailure) -> [String] {
        try Folder(folder).names().map(\.string).filter { !$0.hasPrefix(".") && $0 != "index.html" }.sorted()
    }

    /// The daemon may have taken it away meanwhile.
    private func moved(_ source: FilePath, to path: FilePath) throws(SystemFailure) {
        do throws(SystemFailure) {
            if try FileStatus.ofEntry(path) == nil { try move(source, to: path) }
        } catch let error where error.isGone {
            return
        }
    }

    private func copied(_ source: FilePath, to path: FilePath) throws(SystemFailure) {
        do throws(SystemFailure) {
            let bytes = try Descriptor.open(source, O_RDONLY).read(upTo: 1 << 22)
            users?.beSender()
            defer { users?.beRoot() }
            try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o660).write(bytes)
        } catch let error where error.isGone || error.code == .fileExists {
            return
        }
    }
}
