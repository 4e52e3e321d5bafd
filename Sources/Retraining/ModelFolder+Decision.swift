// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import FoundationEssentials
package import ModelStore
internal import SystemPackage

extension ModelFolder {
    /// Nil where the model never stood before the gate.
    package func decision() throws(ModelFailure) -> GateDecision? {
        guard let bytes = try attachment(GateDecision.fileName) else { return nil }
        guard let decision = try? JSONDecoder().decode(GateDecision.self, from: Data(bytes)) else {
            throw ModelFailure(
                .damaged, path.appending(GateDecision.fileName).string, "is no decision of this program's gate",
                remedy: "use the program version that wrote it, or remove the file")
        }
        return decision
    }
}
