// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import Intake
import Ledger
import ModelStore
import Screening
import SystemPackage
import Testing
import Verdict

/// One pass over the inbox, on several threads.
@Suite(.timeLimit(.minutes(10))) struct InboxPassTests {
    /// A model that gives an answer only when as many images are in it as it waits for.
    final class MeetingPlace: EyeModel, @unchecked Sendable {
        let identity = ConstantModel().identity
        let preprocessing = Preprocessing.torchvision224
        let gradabilityThreshold: Double? = nil
        private let expected: Int
        private let condition = NSCondition()
        private var present = 0

        init(expecting expected: Int) { self.expected = expected }

        func assessment(of tensor: [Float]) throws -> EyeAssessment {
            let patience = Date(timeIntervalSinceNow: 30)
            return try condition.withLock {
                present += 1
                condition.broadcast()
                while present < expected {
                    if !condition.wait(until: patience) { throw Loneliness() }
                }
                return EyeAssessment(probabilityOfDisease: 0.25)
            }
        }

        func diseaseMap(of tensor: [Float]) throws -> (assessment: EyeAssessment, map: DiseaseMap) {
            (try assessment(of: tensor), try ConstantModel().diseaseMap(of: tensor).map)
        }
    }

    struct Loneliness: Error {}

    @Test func `workers have images in hand at the same time`() async throws {
        let judge = Judge(
            model: MeetingPlace(expecting: 2), operatingPoint: OperatingPoint(value: 0.5, source: .model))
        let line = try ScreeningUnderTest(judge: judge)
        for seed in 0..<4 { try line.drop(SyntheticEye(seed: UInt64(seed)).jpeg(), as: "\(seed).jpg") }
        var pass = try pass(over: line, workerCount: 2)
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(try line.verdictFiles() == (0..<4).map { "\($0).jpg.json" })
    }

    @Test(arguments: [1, 3, 8]) func `each image is screened once, by however many workers`(count: Int) async throws {
        let line = try ScreeningUnderTest()
        for number in 0..<20 { try line.drop([UInt8(number)], as: "\(number).jpg") }
        var pass = try pass(over: line, workerCount: count)
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(try line.verdictFiles() == (0..<20).map { "\($0).jpg.json" }.sorted())
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(try line.verdictFiles().count == 20)
    }

    @Test func `what is to be tried again comes after the others`() async throws {
        let line = try ScreeningUnderTest()
        var pass = try pass(over: line, workerCount: 1)
        let content = ImageContent(sha256: "ab", byteCount: 1, bytes: [1])
        for _ in 0..<SetAside.limit {
            _ = try line.ledger.claim("a.jpg", content, receivedAt: Date(), now: Date())
            _ = try line.ledger.accountForInterruption(suspect: content.sha256, now: Date())
        }
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(try Ledger.retry(nil, at: line.folder.path.pushing("state/ledger.sqlite")) == ["a.jpg"])
        for (name, byte) in [("a.jpg", 1), ("b.jpg", 2), ("c.jpg", 3)] as [(String, UInt8)] {
            try line.drop([byte], as: name)
        }
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(line.log.told.count == 3 && line.log.told.last?.contains("a.jpg") == true)
    }

    private func pass(over line: ScreeningUnderTest, workerCount: Int) throws -> InboxPass {
        let (queue, retries, control) = (ArrivalQueue(), Retries(), try InboxControl())
        let scanner = InboxScanner(
            root: line.inbox, isRecursive: false, settlingTime: .milliseconds(1), known: line.known, retries: retries,
            queue: queue, now: { Date() }, tell: line.log.note, progress: {})
        let worker = ScreeningWorker(queue: queue, pipeline: line.pipeline, retries: retries, control: control)
        return InboxPass(
            scanner: scanner, worker: worker, workerCount: workerCount, control: control, retries: retries)
    }
}
