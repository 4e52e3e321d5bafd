/// Finds the weights in what a checkpoint holds.
enum StateDictionary {
    /// Where training scripts put the state dictionary inside a checkpoint; the first that holds tensors counts.
    private static let wrappers = [
        "state_dict", "model_state_dict", "model", "net", "network", "model_state", "net_state_dict", "weights",
        "module",
    ]

    /// Wrappers lie in wrappers: `{"model": {"state_dict": …}}`.
    private static let deepest = 4

    /// The tensors by the names that the file gives them.
    static func tensors(in top: PickleValue, _ machine: PickleMachine) throws(ModelFailure) -> [String: PickledTensor] {
        guard case .dictionary(let handle) = top, let found = dictionary(handle, machine, depth: 0) else {
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
    private static func dictionary(_ handle: Int, _ machine: PickleMachine, depth: Int) -> Int? {
        guard depth < deepest else { return nil }
        let entries = machine.dictionaries[handle]
        for name in wrappers {
            for case (.string(name), .dictionary(let inner)) in entries {
                if let found = dictionary(inner, machine, depth: depth + 1) { return found }
            }
        }
        let hasTensors = entries.contains {
            if case (.string, .tensor) = $0 { true } else { false }
        }
        return hasTensors ? handle : nil
    }
}
