// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import ModelStore
internal import Supervision

struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the models, oldest first.")
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let ids = try store.list()
            if ids.isEmpty { StandardError.say("no model yet; see `fundusd help model import`") }
            for id in ids { try StandardOutput.say(try line(id, store)) }
        }
    }

    private func alias(of id: String, _ store: ModelStore) throws(ModelFailure) -> String {
        if try store.championID == id { return ModelStore.championLink }
        if try store.challengerID == id { return ModelStore.challengerLink }
        return try store.previousID == id ? ModelStore.previousLink : ""
    }

    private func line(_ id: String, _ store: ModelStore) throws(ModelFailure) -> String {
        let alias = try alias(of: id, store)
        let column = alias + String(repeating: " ", count: max(12 - alias.count, 0))
        do throws(ModelFailure) {
            let record = try store.record(id)
            let source = record.source.map { ", from \(TerminalText.escaped($0.file))" } ?? ""
            return "\(id)  \(column)\(record.role.rawValue)\(source)"
        } catch {
            return "\(id)  \(column)damaged: \(error.description)"
        }
    }
}
