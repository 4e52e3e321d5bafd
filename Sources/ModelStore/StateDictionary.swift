/// Finds the weights in what a checkpoint holds.
enum StateDictionary {
    /// Where training scripts put the state dictionary inside a checkpoint.
    private static let wrappers = ["state_dict", "model", "model_state_dict"]

    /// What `DataParallel` and `torch.compile` put before every name.
    private static let prefixes = ["module.", "_orig_mod."]

    static func tensors(in top: PickleValue, _ machine: PickleMachine) throws(ModelFailure) -> [String: PickledTensor] {
        guard case .dictionary(let handle) = top else { throw noDictionary(machine) }
        var entries = machine.dictionaries[handle]
        if let inner = wrapped(entries) { entries = machine.dictionaries[inner] }
        var tensors: [String: PickledTensor] = [:]
        for (key, value) in entries {
            guard case .string(let name) = key, case .tensor(let tensor) = value else { continue }
            let bare = withoutPrefixes(name)
            guard tensors.updateValue(machine.tensors[tensor], forKey: bare) == nil else {
                throw machine.damaged("holds \(bare) twice")
            }
        }
        guard !tensors.isEmpty else { throw noDictionary(machine) }
        return tensors
    }

    private static func noDictionary(_ machine: PickleMachine) -> ModelFailure {
        ModelFailure(
            .mismatch, machine.path, "holds no dictionary of tensors",
            remedy: "save the weights: torch.save(model.state_dict(), path)")
    }

    private static func wrapped(_ entries: [(key: PickleValue, value: PickleValue)]) -> Int? {
        for (key, value) in entries {
            if case .string(let name) = key, wrappers.contains(name), case .dictionary(let handle) = value {
                return handle
            }
        }
        return nil
    }

    static func withoutPrefixes(_ name: String) -> String {
        var rest = Substring(name)
        while let prefix = prefixes.first(where: { rest.hasPrefix($0) }) { rest = rest.dropFirst(prefix.count) }
        return String(rest)
    }
}
