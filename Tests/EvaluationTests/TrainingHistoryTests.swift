// SPDX-License-Identifier: Apache-2.0
import Evaluation
import FoundationEssentials
import Testing

@Suite struct TrainingHistoryTests {
    @Test func `the file's keys are these`() throws {
        let json =
            #"{"best_epoch":1,"epochs":[{"epoch":1,"holdout_auc":0.7,"train_loss":0.5},{"epoch":2,"train_loss":0.4}]}"#
        let history = try JSONDecoder().decode(TrainingHistory.self, from: Data(json.utf8))
        #expect(
            history
                == TrainingHistory(
                    epochs: [.init(epoch: 1, trainLoss: 0.5, holdoutAUC: 0.7), .init(epoch: 2, trainLoss: 0.4)],
                    bestEpoch: 1))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(history), as: UTF8.self) == json)
    }
}
