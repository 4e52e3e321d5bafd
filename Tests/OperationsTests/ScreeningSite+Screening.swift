// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Intake
import Ledger
import LinuxIO
import ModelStore
import ResNet
import Review
import Screening
import Settings
import SystemPackage
import Testing
import Verdict

extension ScreeningSite {
    /// Screens what lies in the inbox now, as `fundusd screen --once` does.
    ///
    /// - Parameter review: who is asked about which picture; nil for nobody.
    func screen(by judge: Judge = .constant(), review: ReviewPlan.Rules? = nil) async throws {
        let settings = try settings()
        let ledger = try Ledger(at: settings.ledgerPath)
        let (known, queue, retries, control) = (try KnownFiles(ledger), ArrivalQueue(), Retries(), try InboxControl())
        let reader = InboxReader(
            root: settings.inbox, maximumBytes: settings.maxBytes, settlingTime: settings.settle)
        let pipeline = ScreeningPipeline(
            outbox: Outbox(root: settings.outbox), ledger: ledger, known: known,
            rules: ScreeningRules(
                reader: reader, judge: judge, disposition: .keep,
                review: review.map {
                    ReviewRules(plan: ReviewPlan($0, secret: SiteSecret(key: [7])), folder: settings.reviewFolder)
                }),
            patience: .once(settlingTime: settings.settle), now: { Date() }, tell: { _ in })
        let scanner = InboxScanner(
            root: settings.inbox, isRecursive: settings.recursive, settlingTime: settings.settle, known: known,
            retries: retries, queue: queue, now: { Date() }, tell: { _ in }, progress: {})
        let worker = ScreeningWorker(queue: queue, pipeline: pipeline, retries: retries, control: control)
        var pass = InboxPass(scanner: scanner, worker: worker, control: control, retries: retries)
        #expect(try await pass.run() == InboxPass.Remainder())
    }

    /// A verdict that is there.
    func verdict(of name: String) throws -> Verdict { try Verdict(document: read("outbox/\(name).json")) }

    /// Notes that an image crashed the program so often that it is set aside.
    func setAside(_ name: ImageName, _ content: String) throws {
        let ledger = try Ledger(at: try settings().ledgerPath)
        for _ in 0..<SetAside.limit {
            _ = try ledger.claim(
                name, ImageContent(sha256: content, byteCount: 1, bytes: [1]), receivedAt: Date(), now: Date())
            _ = try ledger.accountForInterruption(suspect: content, now: Date())
        }
    }

    /// Publishes a second judge, whose weights follow from another seed, and leaves the champion.
    func addModel(seed: UInt64 = 2) throws -> String {
        let layout = ResNet50Layout(baseWidth: SeededNetwork.narrowWidth, outputs: 1)
        let model = NewModel(
            parameters: SeededNetwork.parameters(layout: layout, seed: seed), positiveClass: .normal)
        let store = ModelStore(root: try settings().state)
        return try store.publish(model, date: Date(), as: nil, ifChampionIs: store.championID).record.id
    }
}
