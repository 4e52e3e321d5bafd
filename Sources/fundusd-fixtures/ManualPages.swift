// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import Settings
internal import SystemPackage

struct ManualPages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Writes fundusd(1) and fundusd.yaml(5): what stands in the templates, and what the program knows of itself."
    )
    @Argument(help: "Folder with the templates.") var templates: String
    @Argument(help: "Folder that the pages are written to.") var output: String
    @Option(help: "What `fundusd --experimental-dump-help` printed.") var help: String
    @Option var version: String
    @Option(help: "Of the page: 2026-11-25.") var date: String

    func run() throws {
        let help = try JSONDecoder().decode(ProgramHelp.self, from: try read(self.help))
        let verbs = help.command.verbs.map(\.roff).joined()
        let settings = SettingKey.allCases.map(\.roff).joined()
        for (page, mark, text) in [("fundusd.1", "@VERBS@\n", verbs), ("fundusd.yaml.5", "@SETTINGS@\n", settings)] {
            let template = String(decoding: try read("\(templates)/\(page)"), as: UTF8.self)
            let whole = template.replacing(mark, with: text).replacing("@VERSION@", with: version)
                .replacing("@DATE@", with: date)
            try AtomicFile.writeForAll(Array(whole.utf8), to: FilePath(output).appending(page))
        }
    }

    private func read(_ path: String) throws -> Data {
        Data(try Descriptor.open(FilePath(path), O_RDONLY).read(upTo: 1 << 22))
    }
}

/// What swift-argument-parser tells of a program (`--experimental-dump-help`).
struct ProgramHelp: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool
        let defaultValue: String?
        let allValues: [String]?
    }

    struct Command: Decodable {
        let commandName: String
        let superCommands: [String]?
        let abstract: String?
        let discussion: String?
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// Those that do something, `model import` for example, in the order in which help lists them.
        var verbs: [Verb] {
            (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { command in
                let below = command.verbs
                if below.isEmpty { return [Verb(name: command.commandName, command: command)] }
                return below.map { Verb(name: "\(command.commandName) \($0.name)", command: $0.command) }
            }
        }
    }

    struct Verb {
        /// With the verb that it is below: `model import`.
        let name: String
        let command: Command
    }

    let command: Command
}
