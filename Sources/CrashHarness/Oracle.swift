internal import FoundationEssentials
internal import Glibc
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

    package init() {}
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
    }

    package private(set) var violations: Set<Violation> = []
    package private(set) var verdicts = 0

    private struct Document: Decodable {
        struct Image: Decodable {
            let name: String
            let sha256: String
        }
        let image: Image
        let outcome: String
        let schema: String
    }

    package init(_ expected: Deliveries, outbox: FilePath) throws {
        var files: [Deliveries.Arrival: [String]] = [:]
        for path in try Self.files(outbox) {
            let bytes = try Descriptor.open(outbox.pushing(path), O_RDONLY).read(upTo: 1 << 22)
            guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
                violations.insert(.torn(path.string))
                continue
            }
            let arrival = Deliveries.Arrival(document.image.name, document.image.sha256)
            files[arrival, default: []].append(path.string)
            verdicts += 1
            if let specimen = expected.whole[arrival] {
                if !specimen.outcomes.contains(document.outcome) {
                    violations.insert(.wrong(arrival, outcome: document.outcome))
                }
            } else {
                violations.insert(.early(arrival))
            }
        }
        for (arrival, paths) in files { judge(arrival, paths, expected) }
        for (name, specimen) in expected.final
        where !specimen.outcomes.isEmpty && files[.init(name, specimen.sha256)] == nil {
            violations.insert(.lost(.init(name, specimen.sha256)))
        }
    }

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

    /// All verdict files; hidden ones are nobody's yet.
    private static func files(_ outbox: FilePath) throws -> [FilePath] {
        try Folder(outbox).tree()
            .filter { $0.status.kind == .regular && $0.path.string.hasSuffix(".json") }.map(\.path)
    }
}
