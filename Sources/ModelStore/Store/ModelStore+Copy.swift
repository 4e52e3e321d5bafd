// SPDX-License-Identifier: Apache-2.0

extension ModelStore {
    /// Takes in every model of another store, each verified, with its aliases; no model of that store changes meanwhile.
    package func adoptAll(of other: ModelStore) throws(ModelFailure) {
        guard try !other.list().isEmpty else { return }
        try other.change { (other) throws(ModelFailure) in
            for id in try other.list() { try adopt(other.folder(id)) }
            let aliases = [
                (Self.previousLink, try other.previousID), (Self.challengerLink, try other.challengerID),
                (Self.championLink, try other.championID),
            ]
            for (link, id) in aliases {
                if let id { try apply([.point(link, to: id)]) }
            }
        }
    }
}
