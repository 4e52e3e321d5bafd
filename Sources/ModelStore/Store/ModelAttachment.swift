// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage

/// A file that lies in a model's folder beside its own: how the training went, which images it saw, why it was promoted.
package struct ModelAttachment: Sendable, Equatable {
    /// A list of a hundred thousand images takes a tenth of it.
    static let largestFile = 128 << 20

    package let name: String
    package let bytes: [UInt8]

    /// - Parameter name: a plain file name, as `history.json`; writing the model refuses any other.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The first attachment that can't have its name in a model's folder, and why; nil where all can.
    static func fault(in attachments: [ModelAttachment]) -> String? {
        var taken: Set = [ModelFolder.weightsName, ModelFolder.recordName, ModelFolder.cardName, Quantization.fileName]
        for attachment in attachments {
            let name = attachment.name
            guard isPlain(name) else { return "“\(name)” is no plain file name" }
            guard !PackedWeightsFile.isName(name), taken.insert(name).inserted else { return "“\(name)” is taken" }
        }
        return nil
    }

    /// A name of one folder's entry that no tool hides; see `man 7 path_resolution`.
    private static func isPlain(_ name: String) -> Bool {
        guard let component = FilePath.Component(name), component.kind == .regular, component.string == name else {
            return false
        }
        return !name.hasPrefix(".") && name.utf8.count <= 255 && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
}
