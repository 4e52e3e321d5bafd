// SPDX-License-Identifier: Apache-2.0
/// Why a model could not be read, checked, kept or run: what, in which file and tensor, and what to do about it.
package struct ModelFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is, for who decides by it.
    package enum Code: String, Sendable {
        /// There is no such model or file.
        case missing
        /// The operating system refused a call.
        case inputOutput
        /// Bytes that contradict their own format, or a hash that does not match.
        case damaged
        /// A format, version or number type that this program does not read.
        case unsupported
        /// The file wants code run or objects built; refused by name.
        case refused
        /// Tensors that are not ResNet-50's, by name or shape.
        case mismatch
        /// NaN, infinity, or statistics that no network can have.
        case notFinite
        /// A model folder without one of its files.
        case incomplete
        /// The network computes something else than it did when the model was made.
        case selfTest
        /// A base network, which has no verdict to give.
        case notJudgeable
        /// The file is whole, and needs a word from the person that was not said, or does not fit.
        case unsaid
        /// A prefix that several models share, or a request that names nothing.
        case ambiguous
    }

    package let code: Code
    /// Of the file or the folder that it is about.
    package let path: String
    /// The tensor, or nil where the fault is the file's.
    package let tensor: String?
    /// What is wrong, to be read behind the path.
    package let message: String
    /// What to do, without a full stop.
    package let remedy: String

    package init(_ code: Code, _ path: String, tensor: String? = nil, _ message: String, remedy: String) {
        self.code = code
        self.path = path
        self.tensor = tensor
        self.message = message
        self.remedy = remedy
    }

    package var description: String {
        "\(path): \(tensor.map { "\($0): " } ?? "")\(message); \(remedy)"
    }
}
