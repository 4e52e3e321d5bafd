// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import Hashing
internal import LinuxIO
package import SystemPackage

/// What must be in the outbox, and what may be.
package struct Deliveries: Sendable, Equatable {
    /// A name with a content, in the inbox's spelling.
    package struct Arrival: Sendable, Hashable, CustomStringConvertible {
        package let name: String
        package let sha256: String

        package init(_ name: String, _ sha256: String) {
            self.name = name
            self.sha256 = sha256
        }

        package var description: String { "\(name) (\(sha256.prefix(12)))" }
    }

    /// What each name holds at the end: there must be a verdict, under the name itself.
    package var final: [String: Specimen] = [:]
    /// Every whole content that a name ever had: there may be a verdict, and where there is, it must be right.
    package var whole: [Arrival: Specimen] = [:]
    /// Every `after` that was in force: an image that was never to be deleted is somewhere.
    package var afters: Set<After> = []

    package init() {}

    /// What has met a newer file on its way back to its name has another one: `a~INODE.jpg`.
    func spared(_ arrival: Arrival) -> Specimen? {
        guard let match = arrival.name.wholeMatch(of: /(.*)~[0-9]+(\.[^.\/]*)?/) else { return nil }
        return whole[.init("\(match.1)\(match.2 ?? "")", arrival.sha256)]
    }
}

/// Compares an outbox with what must be there; reads files only and asks the program nothing.
package struct Oracle: Sendable, Equatable {
    package enum Violation: Sendable, Hashable {
        /// An arrival without a verdict.
        case lost(Deliveries.Arrival)
        /// An arrival with several.
        case doubled(Deliveries.Arrival)
        /// A file that is no whole verdict.
        case torn(String)
        /// A verdict on a content that the name never had whole.
        case early(Deliveries.Arrival)
        /// Another outcome than the content's.
        case wrong(Deliveries.Arrival, outcome: String)
        /// A verdict in a file of another name than it should have.
        case misplaced(String)
        /// A content that nobody took away, and that is in the inbox no more: without a verdict, or not in the archive either
        /// and never to be deleted.
        case vanished(Deliveries.Arrival)
        /// An archived file that is no whole content.
        case spoiled(String)
        /// An archived content without a verdict.
        case unjudged(String)
        /// A file that was being cleared away, and has still the hidden name.
        case stranded(String)
        /// A judged picture that is still somewhere, and that people were not given though all are to be.
        case unasked(String)
        /// One that they were given, or that lies among their answers, several times.
        case askedTwice(String)
        /// A verdict on a person's eye that no exam knows of.
        case unexamined(String)
        /// An exam that names another verdict than one of its person's, or is none at all.
        case wrongExam(String)
        /// A file among those that is no whole content.
        case spoiledForPeople(String)
    }

    package private(set) var violations: Set<Violation> = []
    package private(set) var verdicts = 0

    struct Document: Decodable {
        struct Image: Decodable {
            let name: String
            let sha256: String
        }
        let image: Image
        let outcome: String
        let schema: String
    }

    /// - Parameter people: the folders that people get pictures in, and move them to; none where nobody is asked.
    package init(
        _ expected: Deliveries, outbox: FilePath, inbox: FilePath, archive: FilePath, people: [FilePath] = []
    ) throws {
        var files: [Deliveries.Arrival: [String]] = [:]
        var newest: [String: Document] = [:]
        for path in try Self.files(outbox) {
            let bytes = try Descriptor.open(outbox.pushing(path), O_RDONLY).read(upTo: 1 << 22)
            guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
                violations.insert(.torn(path.string))
                continue
            }
            let arrival = Deliveries.Arrival(document.image.name, document.image.sha256)
            files[arrival, default: []].append(path.string)
            if path.string == "\(document.image.name).json" { newest[path.string] = document }
            verdicts += 1
            if let specimen = expected.whole[arrival] ?? expected.spared(arrival) {
                if !specimen.outcomes.contains(document.outcome) {
                    violations.insert(.wrong(arrival, outcome: document.outcome))
                }
            } else {
                violations.insert(.early(arrival))
            }
        }
        for (arrival, paths) in files { judge(arrival, paths, expected) }
        try judgeExams(outbox, newest)
        for (name, specimen) in expected.final
        where !specimen.outcomes.isEmpty && files[.init(name, specimen.sha256)] == nil {
            violations.insert(.lost(.init(name, specimen.sha256)))
        }
        try judgeArchive(archive, judged: Set(files.keys.map(\.sha256)), expected)
        try judgeInbox(inbox, judged: Set(files.keys), expected)
        if !people.isEmpty { try judgePeople(people, judged: Set(files.keys.map(\.sha256)), inbox, expected) }
    }

    /// Each picture that could be asked about lies in one place, once. Who took his picture away before anybody could ask gets
    /// no question.
    private mutating func judgePeople(
        _ folders: [FilePath], judged: Set<String>, _ inbox: FilePath, _ expected: Deliveries
    ) throws {
        let askable = Set(expected.whole.values.filter { [.eye, .dark].contains($0.kind) }.map(\.sha256))
        var copies: [String: [String]] = [:]
        for folder in folders {
            // The page that shows them is no picture.
            for (path, sha256) in try Self.contents(folder) where path != "index.html" {
                copies[sha256, default: []].append(FilePath(path).removingLastComponent().string)
                if !askable.contains(sha256) { violations.insert(.spoiledForPeople(path)) }
            }
        }
        // Two people may put it into two classes; it waits no more then, and lies in each once.
        for (sha256, places) in copies where Set(places).count < places.count || places.count > 1 && places.contains("")
        {
            violations.insert(.askedTwice(sha256))
        }
        let present = Set(try Self.contents(inbox).values).union(archived)
        for sha256 in askable.intersection(judged).intersection(present) where copies[sha256] == nil {
            violations.insert(.unasked(sha256))
        }
    }

    private var archived: Set<String> = []

    private mutating func judgeArchive(_ archive: FilePath, judged: Set<String>, _ expected: Deliveries) throws {
        let whole = Set(expected.whole.values.map(\.sha256))
        for (path, sha256) in try Self.contents(archive) {
            archived.insert(sha256)
            if !whole.contains(sha256) {
                violations.insert(.spoiled(path))
            } else if !judged.contains(sha256) {
                violations.insert(.unjudged(path))
            }
        }
    }

    private mutating func judgeInbox(
        _ inbox: FilePath, judged: Set<Deliveries.Arrival>, _ expected: Deliveries
    ) throws {
        let present = try Self.contents(inbox)
        for (name, specimen) in expected.final where present[name] != specimen.sha256 {
            let arrival = Deliveries.Arrival(name, specimen.sha256)
            let mayBeGone = archived.contains(specimen.sha256) || expected.afters.contains(.delete)
            if !judged.contains(arrival) || !mayBeGone { violations.insert(.vanished(arrival)) }
        }
        for path in try Self.hidden(inbox) { violations.insert(.stranded(path)) }
    }

    mutating func note(_ violation: Violation) { violations.insert(violation) }

    private mutating func judge(_ arrival: Deliveries.Arrival, _ paths: [String], _ expected: Deliveries) {
        if paths.count > 1 { violations.insert(.doubled(arrival)) }
        let (newest, older) = ("\(arrival.name).json", "\(arrival.name).\(arrival.sha256.prefix(12)).json")
        let isFinal = expected.final[arrival.name].map { $0.sha256 == arrival.sha256 }
        for path in paths {
            // A name that is gone may have either.
            let isInPlace = isFinal.map { $0 ? path == newest : path == older } ?? [newest, older].contains(path)
            if !isInPlace { violations.insert(.misplaced(path)) }
        }
    }

    /// The SHA-256 of each file below a folder. While the program works, a file may go before it is read.
    private static func contents(_ folder: FilePath) throws -> [String: String] {
        guard try isThere(folder) else { return [:] }
        var found: [String: String] = [:]
        for (path, status) in try Folder(folder).tree() where status.kind == .regular {
            found[path.string] = try digest(folder.pushing(path))
        }
        return found
    }

    private static func isThere(_ path: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            _ = try Folder(path)
            return true
        } catch let error where error.isGone {
            return false
        }
    }

    private static func digest(_ path: FilePath) throws(SystemFailure) -> String? {
        do throws(SystemFailure) {
            return SHA256.hash(try Descriptor.open(path, O_RDONLY).read(upTo: 1 << 22)).hexadecimal
        } catch let error where error.isGone {
            return nil
        }
    }

    private static func hidden(_ inbox: FilePath) throws -> [String] {
        let folders = try Folder(inbox).tree().filter { $0.status.kind == .folder }.map(\.path)
        var found: [String] = []
        for folder in [FilePath()] + folders {
            let names = try Folder(inbox.pushing(folder)).names().map(\.string)
            found += names.filter { $0.hasPrefix(AtomicFile.temporaryPrefix) }.map { folder.appending($0).string }
        }
        return found
    }

    static let examFolder = "exams/"

    /// All verdict files; hidden ones are nobody's yet.
    private static func files(_ outbox: FilePath) throws -> [FilePath] {
        try Folder(outbox).tree()
            .filter { $0.status.kind == .regular && $0.path.string.hasSuffix(".json") }.map(\.path)
            .filter { !$0.string.hasPrefix(examFolder) }
    }
}
