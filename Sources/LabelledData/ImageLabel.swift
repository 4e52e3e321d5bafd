// SPDX-License-Identifier: Apache-2.0
/// What a person has said of an image, by the folder that it lies in.
package enum ImageLabel: String, Codable, Sendable, CaseIterable {
    case disease, normal
    /// No one should judge it; whether the eye has disease is not known.
    case ungradable
    /// Good enough to judge; whether the eye has disease is not known.
    case gradable

    /// Nil where nobody has said.
    package var isDisease: Bool? {
        switch self {
        case .disease: true
        case .normal: false
        case .ungradable, .gradable: nil
        }
    }

    package var isGradable: Bool { self != .ungradable }

    /// What is known of a content that lies in two folders; nil where they contradict each other.
    package func joined(with other: ImageLabel) -> ImageLabel? {
        if self == other { return self }
        if other == .gradable && isGradable { return self }
        return self == .gradable && other.isGradable ? other : nil
    }
}
