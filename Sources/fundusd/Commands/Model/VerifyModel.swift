// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ModelStore

struct VerifyModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a model's hash, shapes, numbers and self-test.",
        discussion: """
            Reads all of model.safetensors. What a start maps in its place, the weights packed for the kernels, is compared, \
            and made anew where it is not in order, as after an update of the program.
            """)
    @Argument(help: "The model.") var model = ModelStore.championLink
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let (record, packed) = try store.resolve(model).verify()
            try StandardOutput.say("\(record.id) is whole and computes what it did when it was made.")
            if let remark = packed?.remark { StandardError.say(remark) }
        }
    }
}

extension PackedWeightsKeeping {
    /// What a person should know; nil where all is in order.
    fileprivate var remark: String? {
        switch self {
        case .inOrder: nil
        case .renewed(let fault): "its packed weights were made anew: \(fault)"
        case .notKept(let fault, let reason):
            "its packed weights can't be kept, so each start packs them again: \(fault); \(reason)"
        }
    }
}
