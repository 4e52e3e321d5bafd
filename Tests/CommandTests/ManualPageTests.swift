// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import SystemPackage
import Testing

/// The manual pages name all that the program has: they are made from what it says of itself.
@Suite struct ManualPageTests {
    private struct Help: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { let name: String }
                let names: [Name]?
            }
            let commandName: String
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        let command: Command
    }

    private func pages() throws -> (help: Help, verbs: String, settings: String) {
        let site = try ScreeningSite(model: .none)
        let help = try site.runBare(["--experimental-dump-help"])
        try site.write(help.output, to: "help.json")
        let program = Fundusd.program.removingLastComponent().appending("fundusd-fixtures")
        let process = try ChildProcess(
            .init(
                program: program,
                arguments: [
                    "manual-pages", PackageRoot.path.pushing("packaging/man").string, ".", "--help", "help.json",
                    "--version", "1.2.3", "--date", "2026-11-25",
                ], environment: [:], folder: site.work, errors: site.path("errors")))
        #expect(try process.end(within: FolderWait.patience).status == 0)
        let texts = try ["fundusd.1", "fundusd.yaml.5"].map { String(decoding: try site.read($0), as: UTF8.self) }
        return (try help.decoded(Help.self), texts[0], texts[1])
    }

    private func commands(_ command: Help.Command) -> [Help.Command] {
        [command] + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap(commands)
    }

    @Test func `every verb and every option has its place`() throws {
        let (help, page, _) = try pages()
        let commands = commands(help.command).dropFirst()
        #expect(commands.count > 20)
        for command in commands {
            #expect(page.contains(command.commandName.replacing("-", with: "\\-")), "\(command.commandName)")
            for name in command.arguments?.flatMap({ $0.names ?? [] }) ?? [] where name.name.count > 1 {
                #expect(page.contains(#"\fB\-\-\#(name.name.replacing("-", with: "\\-"))\fR"#), "\(name.name)")
            }
        }
        #expect(!page.contains("@"), "no mark of the template is left")
        #expect(page.contains("fundusd 1.2.3"))
    }

    @Test func `every setting is explained`() throws {
        let (_, _, page) = try pages()
        let table = String(
            decoding: try Data(contentsOf: URL(filePath: PackageRoot.path.pushing("docs/configuration.md").string)),
            as: UTF8.self)
        let names = table.matches(of: /\n\| `([a-z.-]+)` \|/).map { String($0.1) }
        #expect(names.count > 25)
        for name in names { #expect(page.contains(".B \(name.replacing("-", with: "\\-"))\n"), "\(name)") }
    }
}
