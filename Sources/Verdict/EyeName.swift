// SPDX-License-Identifier: Apache-2.0
internal import SystemPackage

/// Which of a person's eyes.
package enum EyeSide: String, Codable, Sendable, CaseIterable {
    case right, left
}

/// Whose eye a photograph shows, and which, as far as its file's name tells.
package struct EyeName: Sendable, Hashable {
    /// The folder below the inbox and what the name says of the person, such as `ward 2/0042`: two folders may each number
    /// their own.
    package let person: ImageName
    package let side: EyeSide

    /// Nil where the name has no word for one eye: nothing is known of whose it is then.
    package init?(_ image: ImageName) {
        guard let last = image.path.lastComponent, let whose = PersonPattern.eyes.person(in: last.string),
            let side = EyeSide(in: last.string.dropFirst(whose.count))
        else { return nil }
        var path = image.path
        path.removeLastComponent()
        guard let name = FilePath.Component(whose) else { return nil }
        path.append(name)
        person = ImageName(path)
        self.side = side
    }
}

extension EyeSide {
    /// By the first word for an eye in what follows the person; `ou` is both and so none.
    fileprivate init?(in rest: Substring) {
        let words = rest.lowercased().split { "_-. ".contains($0) }
        for word in words {
            switch word {
            case "right", "rechts", "od", "r": self = .right
            case "left", "links", "os", "l": self = .left
            case "ou": return nil
            default: continue
            }
            return
        }
        return nil
    }
}
