// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import Glibc
import LinuxIO
import ResNet
import SystemPackage
import Testing

@testable import ModelStore

/// Champion, previous, challenger: who follows whom, whatever interrupts it, and who is removed.
@Suite(.serialized) struct ModelSuccessionTests {
    private let state = TemporaryFolder()
    private var store: ModelStore { ModelStore(root: state.path) }
    private static let day = Date(timeIntervalSince1970: 1_795_478_400)

    /// Publishes a tiny model a so many-eth day later; the first one becomes the champion.
    private func publish(_ number: Int, outputs: Int? = 1) throws -> String {
        let layout = ResNet50Layout(baseWidth: 2, outputs: outputs)
        let parameters = SeededNetwork.parameters(layout: layout, seed: UInt64(number))
        let date = Self.day.addingTimeInterval(Double(number) * 86400)
        return try store.publish(NewModel(parameters: parameters, positiveClass: .disease), date: date).id
    }

    /// Three models: champion 1, previous 0, challenger 2.
    private func three() throws -> [String] {
        let ids = try (0..<3).map { try publish($0) }
        try store.promote(ids[1])
        try store.keepChallenger(ids[2])
        return ids
    }

    @Test func `a challenger is kept, found by its name, and no longer one when promoted`() throws {
        let ids = try three()
        #expect(try store.championID == ids[1] && store.previousID == ids[0] && store.challengerID == ids[2])
        #expect(try store.resolve("challenger").record().id == ids[2])
        try store.promote(ids[2])
        #expect(try store.championID == ids[2] && store.previousID == ids[1] && store.challengerID == nil)
        #expect(try FolderLinks.target(of: store.models.appending("challenger")) == nil)
        #expect(throws: ModelFailure.self) { try store.resolve("challenger") }
    }

    @Test func `another's promotion leaves the challenger where it is`() throws {
        let ids = try three()
        #expect(try store.rollback() == ids[0])
        #expect(try store.challengerID == ids[2])
    }

    @Test func `neither the champion nor a base network nor a damaged model becomes the challenger`() throws {
        let ids = try three()
        let base = try publish(9, outputs: 1000)
        #expect { try store.keepChallenger(ids[1]) } throws: { ($0 as? ModelFailure)?.code == .ambiguous }
        #expect { try store.keepChallenger(base) } throws: { ($0 as? ModelFailure)?.code == .notJudgeable }
        try AtomicFile.write([1, 2, 3], to: store.folder(ids[0]).weightsPath)
        #expect { try store.keepChallenger(ids[0]) } throws: { ($0 as? ModelFailure)?.code == .damaged }
        #expect(try store.challengerID == ids[2])
    }

    @Test func `a rollback to a damaged model is refused`() throws {
        let ids = try three()
        try AtomicFile.write([1, 2, 3], to: store.folder(ids[0]).weightsPath)
        #expect(throws: ModelFailure.self) { try store.rollback() }
        #expect(try store.championID == ids[1])
    }

    private func challenger(_ words: String) -> NewModel {
        let parameters = SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: 2, outputs: 1), seed: 7)
        var model = NewModel(parameters: parameters, positiveClass: .disease)
        model.attachments = [ModelAttachment(name: "decision.json", bytes: Array(words.utf8))]
        return model
    }

    /// What a person does between the comparison and its end: nothing, a rollback, another promotion.
    @Test(arguments: [ModelAlias.champion, .challenger], 0..<3)
    func `a model becomes champion only if the champion is still the one that it was compared with`(
        alias: ModelAlias, change: Int
    ) throws {
        let ids = try three()
        if change == 1 { try store.rollback() }
        if change == 2 { try store.promote(ids[2]) }
        let before = [try store.championID, try store.previousID, try store.challengerID]
        let made = try store.publish(
            challenger("passed"), date: Self.day, as: alias, ifChampionIs: ids[1],
            overtaken: { ModelAttachment(name: "decision.json", bytes: Array("overtaken by \($0 ?? "none")".utf8)) })
        #expect(made.hasAlias == (change == 0) && made.earlierChampion == before[0])
        let decision = try store.folder(made.record.id).attachment("decision.json")
        #expect(
            decision.map { String(decoding: $0, as: UTF8.self) }
                == (change == 0 ? "passed" : "overtaken by \(before[0] ?? "")"))
        let after = [try store.championID, try store.previousID, try store.challengerID]
        switch (alias, change) {
        case (.champion, 0): #expect(after == [made.record.id, ids[1], ids[2]])
        case (.challenger, 0): #expect(after == [ids[1], ids[0], made.record.id])
        default: #expect(after == before)
        }
        #expect(try store.verify(made.record.id) == made.record)
    }

    @Test func `a model that is only kept never judges, even where none does`() throws {
        let made = try store.publish(challenger(""), date: Self.day, as: nil, ifChampionIs: nil)
        #expect(try !made.hasAlias && store.championID == nil)
    }

    @Test func `the first of two that were trained without a champion judges, and the second is kept`() throws {
        let first = try publish(0)
        let second = try store.publish(challenger(""), date: Self.day, as: .champion, ifChampionIs: nil)
        #expect(try !second.hasAlias && second.earlierChampion == first && store.championID == first)
    }

    @Test(arguments: ["champion", "previous", "challenger"])
    func `an alias that can't be read is not vacant`(alias: String) throws {
        let ids = try three()
        let link = store.models.appending(alias)
        try AtomicFile.remove(link)
        try AtomicFile.write(Array(ids[0].utf8), to: link)
        #expect { try store.resolve(alias) } throws: {
            ($0 as? ModelFailure)?.code == .inputOutput
                && ($0 as? ModelFailure)?.description.contains("\(alias): readlink failed") == true
        }
        #expect(throws: ModelFailure.self) { try store.prune(keeping: 0, now: Self.day) }
        #expect(try store.list() == ids)
        guard alias == "champion" else { return }
        #expect(throws: ModelFailure.self) { try store.promote(ids[0]) }
        #expect(throws: ModelFailure.self) { try publish(9) }
        #expect(try Descriptor.open(link, O_RDONLY).read(upTo: 64) == Array(ids[0].utf8))
    }

    @Test func `a model that gives no number for a picture of the hold-out is not taken in`() throws {
        let parameters = SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: 2, outputs: 1), seed: 1)
        let model = NewModel(parameters: parameters, positiveClass: .disease)
        var inputs = [[Float](repeating: .infinity, count: model.preprocessing.elementCount)]
        #expect { try PrecisionCheck.bfloat16(of: model) { inputs.popLast() } } throws: {
            ($0 as? ModelFailure)?.code == .notFinite
        }
    }

    /// A name that is too long says nothing of what is there.
    @Test func `what can't be looked at is neither a folder nor absent`() throws {
        let path = state.path.appending(String(repeating: "a", count: 256))
        #expect(throws: ModelFailure.self) { try ModelFolder.isFolder(path) }
        #expect(throws: ModelFailure.self) { try ModelFolder.requireVacant(path) }
        #expect(throws: ModelFailure.self) { try FolderLinks.target(of: path) }
        #expect { try ModelFolder(path).record() } throws: { ($0 as? ModelFailure)?.code == .inputOutput }
    }

    @Test func `a rollback does not go back to what was previous before another promotion`() throws {
        let ids = try three()
        try store.promote(ids[2])
        #expect { try store.rollBack(from: ids[1], to: ids[0]) } throws: {
            ($0 as? ModelFailure)?.description.contains("has another champion, \(ids[2]), since a moment ago") == true
        }
        #expect(try store.championID == ids[2] && store.previousID == ids[1])
    }

    /// Which of the three is promoted.
    @Test(arguments: [0, 1, 2], [0, 1, 2, 3]) func `wherever a promotion is stopped, a champion serves`(
        promoted: Int, stop: Int
    ) throws {
        let ids = try three()
        let changes = try store.changes(promoting: ids[promoted])
        try store.apply(Array(changes.prefix(stop)))
        // What a stop within a step leaves: a link that was not renamed yet.
        #expect(symlink(ids[promoted], store.models.appending(".champion.123").string) == 0)
        let champion = try #require(try store.championID)
        #expect(champion == ids[1] || champion == ids[promoted])
        #expect(try LoadedModel(store.judge(named: nil)).record.id == champion)
        #expect(try store.challengerID != champion)
        if champion != ids[1] { #expect(try store.previousID == ids[1]) }
        #expect(try store.list() == ids)

        try store.promote(ids[promoted])
        #expect(try store.championID == ids[promoted])
        #expect(try store.challengerID == (promoted == 2 ? nil : ids[2]))
        #expect(try FolderLinks.target(of: store.models.appending("challenger")) == (promoted == 2 ? nil : ids[2]))
    }

    @Test(arguments: 0...2) func `wherever a rollback is stopped, it is done or can be asked for again`(stop: Int)
        throws
    {
        let ids = try three()
        try store.apply(Array(try store.changes(rollingBackTo: ids[0]).prefix(stop)))
        if try store.championID != ids[0] { #expect(try store.rollback() == ids[0]) }
        #expect(try LoadedModel(store.judge(named: nil)).record.id == ids[0])
        if stop != 1 { #expect(try store.previousID == ids[1]) }
        #expect(try store.challengerID == ids[2])
    }

    @Test func `the first champion has no one to go back to`() throws {
        let id = try publish(0)
        #expect(try store.changes(promoting: id) == [.point("champion", to: id)])
        try store.promote(id)
        #expect(try store.championID == id && store.previousID == nil)
    }

    @Test(arguments: [(0, [3, 4, 5]), (1, [3, 4]), (2, [3]), (3, []), (100, [])])
    func `pruning keeps who has an alias and so many of the newest`(keep: Int, gone: [Int]) throws {
        var ids = try three()
        for number in 3...5 { ids.append(try publish(number)) }
        let base = try publish(6, outputs: nil)
        #expect(try store.prune(keeping: keep, now: Self.day) == gone.map { ids[$0] })
        #expect(try store.list() == (ids + [base]).filter { id in !gone.contains { ids[$0] == id } })
        #expect(try store.championID == ids[1] && store.previousID == ids[0] && store.challengerID == ids[2])
        #expect(try LoadedModel(store.judge(named: nil)).record.id == ids[1])
    }

    @Test func `pruning leaves what it can't read, and clears away what was abandoned a day ago`() throws {
        var ids = try three()
        ids.append(try publish(3))
        try AtomicFile.write([1], to: store.folder(ids[3]).recordPath)
        let abandoned = store.models.appending(".\(ids[0]).77.partial")
        try AtomicFile.makeFolder(abandoned)
        try AtomicFile.write([1], to: abandoned.appending("model.safetensors"))
        let (link, foreign) = (store.models.appending(".champion.77"), store.models.appending(".snapshot"))
        for path in [link, foreign] { #expect(symlink(ids[0], path.string) == 0) }
        #expect(try store.prune(keeping: 0, now: Date()) == [])
        #expect(try store.list() == ids)
        #expect(try (try? Folder(abandoned)) != nil && FolderLinks.target(of: link) != nil)
        try store.prune(keeping: 0, now: Date().addingTimeInterval(86500))
        #expect(try (try? Folder(abandoned)) == nil && FolderLinks.target(of: link) == nil)
        #expect(try FolderLinks.target(of: foreign) == ids[0])
    }

    /// Who prunes waits for who promotes: a model that has just been verified must not go.
    @Test func `while one process changes the store another waits`() async throws {
        let ids = try three()
        let store = store
        let lock = try FolderLock(store.models)
        let rollback = Task.detached { try store.rollback() }
        try await waitForSomebodyWaiting()
        #expect(try store.championID == ids[1])
        lock.release()
        #expect(try await rollback.value == ids[0])
    }

    /// `man 5 proc_locks`: one that waits has an arrow.
    private func waitForSomebodyWaiting() async throws {
        let inode = try Folder(store.models).descriptor.status().signature.inode
        let deadline = ContinuousClock.now + .seconds(60)
        while try !String(decoding: Data(contentsOf: URL(filePath: "/proc/locks")), as: UTF8.self)
            .split(separator: "\n").contains(where: { $0.contains("-> FLOCK") && $0.contains(":\(inode) ") })
        {
            try #require(ContinuousClock.now < deadline, "no one waits for the lock")
            await Task.yield()
        }
    }

    @Test func `pruning an empty store is nothing`() throws {
        #expect(try store.prune(keeping: 0, now: Self.day) == [])
    }
}
