// SPDX-License-Identifier: Apache-2.0
import Fixtures

/// `fundusd status --json` as a script reads it.
struct StatusDocument: Decodable {
    struct LastVerdict: Decodable {
        let name: String
        let outcome: String
    }

    let processID: Int32?
    let queue: Int
    let skipped: Int
    let verdicts: [String: Int]
    let unpublished: Int
    let heldBack: Int
    let leftAlone: Int
    let setAside: Int
    let model: String?
    let waitingChampion: String?
    let lastVerdict: LastVerdict?
    let inboxFault: String?

    private enum CodingKeys: String, CodingKey {
        case queue, skipped, verdicts, unpublished, model
        case processID = "process_id"
        case heldBack = "held_back"
        case waitingChampion = "waiting_champion"
        case leftAlone = "left_alone"
        case setAside = "set_aside"
        case lastVerdict = "last_verdict"
        case inboxFault = "inbox_fault"
    }

    var total: Int { verdicts.values.reduce(0, +) }
}

extension ScreeningSite {
    func status() throws -> StatusDocument { try run("status", "--json").decoded(StatusDocument.self) }
}
