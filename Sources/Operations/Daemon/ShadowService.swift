// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
internal import Intake
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage
internal import TensorMath
internal import Verdict

/// Lets the store's challenger judge what the champion has judged, while nothing else waits; no verdict comes of it.
///
/// It computes on its own single thread: the threads that judge belong to the champion.
struct ShadowService: Service {
    let session: ScreeningSession
    let journal: ScreeningJournal

    /// How often it looks whether the inbox has been worked off.
    private static let patience = Duration.milliseconds(50)

    func run(until stop: StopNotice) async throws {
        let (pictures, queue) = (session.shadow, session.queue)
        let request = StopRequest(waking: pictures.wakeUp)
        stop.whenGiven { request.make() }
        await onOwnThread(named: "shadow") {
            var shadow = Shadow(session: session, journal: journal)
            while !request.isMade {
                if pictures.isEmpty {
                    if !pictures.isOpen { shadow.leave() }
                    request.wakeUp.sleep(orUntilReadable: nil, atMost: .seconds(3600))
                } else if queue.count > 0 {
                    request.wakeUp.sleep(orUntilReadable: nil, atMost: Self.patience)
                } else if let picture = pictures.take() {
                    shadow.look(at: picture)
                }
            }
        }
    }
}

/// What the thread keeps from one picture to the next.
private struct Shadow: ~Copyable {
    private let session: ScreeningSession
    private let store: ModelStore
    private let journal: ScreeningJournal
    private let engine = ComputeEngine(
        instructionSet: ComputeEngine.shared.instructionSet, team: ComputeTeam(threadCount: 1))
    private var scores: ShadowScores?
    private var model: LoadedModel?
    /// A challenger that can't look on; it is not tried again.
    private var refused: String?
    /// What kept the last picture from being shown to anyone.
    private var fault: ModelFailure?

    init(session: ScreeningSession, journal: ScreeningJournal) {
        self.session = session
        self.journal = journal
        store = ModelStore(root: session.settings.state)
    }

    /// Gives the challenger's memory back.
    mutating func leave() { model = nil }

    mutating func look(at picture: JudgedPicture) {
        let challenger: String?
        do throws(ModelFailure) {
            challenger = try store.challengerID
        } catch {
            if fault != error { journal.tell(.fault("it can't be seen who looks on: \(error.description)")) }
            fault = error
            return
        }
        fault = nil
        guard let id = challenger, id != refused, id != picture.model else {
            if challenger == nil { model = nil }
            return
        }
        look(at: picture, by: id)
    }

    private mutating func look(at picture: JudgedPicture, by id: String) {
        do {
            let model = try challenger(id, for: picture)
            var tensor = [Float](repeating: 0, count: model.preprocessing.elementCount)
            model.preprocessing.fill(&tensor, from: picture.picture)
            let probability = try model.assessment(of: tensor).probabilityOfDisease
            try openScores().record(picture, by: id, probability, at: Date())
            try ask(about: picture, probability, model)
        } catch {
            refused = id
            model = nil
            journal.shadowRefused(id, reason: explanation(of: error))
        }
    }

    /// Where the two say different things a person is asked; the picture is put there by whoever takes it from the inbox again.
    private func ask(about picture: JudgedPicture, _ probability: Double, _ challenger: LoadedModel) throws {
        let settings = session.modelInService.settings
        let champion = session.pipeline.currentRules.judge.operatingPoint.value
        let own = try settings.operatingPoint(of: challenger.record).value
        guard (picture.probability >= champion) != (probability >= own),
            try session.pipeline.disagrees(picture.sha256)
        else { return }
        session.queue.add(ArrivalQueue.Arrival(name: picture.name, receivedAt: Date(), evidence: .settled))
    }

    private mutating func challenger(_ id: String, for picture: JudgedPicture) throws -> LoadedModel {
        if let model, model.record.id == id { return model }
        model = nil
        let loaded = try session.modelInService.settings.loadModel(named: id, engine: engine)
        let expected = loaded.preprocessing
        guard expected.width == picture.picture.width, expected.height == picture.picture.height else {
            throw Refusal(.configuration, "it takes pictures of another size than the champion")
        }
        guard expected.geometry == picture.geometry else {
            throw Refusal(
                .configuration,
                "it sees photographs as \(expected.geometry.rawValue), the champion as \(picture.geometry.rawValue)")
        }
        try openScores().forgetAll(but: try store.list())
        model = loaded
        journal.shadowBegins(id)
        return loaded
    }

    private mutating func openScores() throws -> ShadowScores {
        if let scores { return scores }
        let opened = try ShadowScores(at: session.settings.shadowPath)
        scores = opened
        return opened
    }
}
