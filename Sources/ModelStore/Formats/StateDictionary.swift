// SPDX-License-Identifier: Apache-2.0
/// Finds the weights in what a checkpoint holds.
enum StateDictionary {
    /// Where training scripts put the state dictionary inside a checkpoint; the first that holds tensors counts.
    private static let wrappers = [
        "state_dict", "model_state_dict", "model", "net", "network", "model_state", "net_state_dict", "weights",
        "module",
    ]

    /// The tensors by the names that the file gives them.
    static func tensors(in top: PickleValue, _ machine: PickleMachine) throws(ModelFailure) -> [String: PickledTensor] {
        var seen: Set<Int> = []
        guard case .dictionary(let handle) = top, let found = dictionary(handle, machine, &seen) else {
            throw noDictionary(machine)
        }
        var tensors: [String: PickledTensor] = [:]
        for (key, value) in machine.dictionaries[found] {
            guard case .string(let name) = key, case .tensor(let tensor) = value else { continue }
            guard tensors.updateValue(machine.tensors[tensor], forKey: name) == nil else {
                throw machine.damaged("holds \(name) twice")
            }
        }
        return tensors
    }

    private static func noDictionary(_ machine: PickleMachine) -> ModelFailure {
        ModelFailure(
            .mismatch, machine.path, "holds no dictionary of tensors",
            remedy: "save the weights: torch.save(model.state_dict(), path)")
    }

    /// The dictionary of tensors that is this one or lies in it; nil where there is none.
    ///
    /// Wrappers lie in wrappers: `{"model": {"state_dict": …}}`. A hostile one lies in itself, or many times in another.
    ///
    /// - Parameter seen: those that were looked through already, each once.
    private static func dictionary(_ handle: Int, _ machine: PickleMachine, _ seen: inout Set<Int>) -> Int? {
        guard seen.count < wrappers.count * wrappers.count, seen.insert(handle).inserted else { return nil }
        let entries = machine.dictionaries[handle]
        for name in wrappers {
            for case (.string(name), .dictionary(let inner)) in entries {
                if let found = dictionary(inner, machine, &seen) { return found }
            }
        }
        let hasTensors = entries.contains {
            if case (.string, .tensor) = $0 { true } else { false }
        }
        return hasTensors ? handle : nil
    }
}
