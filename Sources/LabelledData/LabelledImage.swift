// SPDX-License-Identifier: Apache-2.0
// In: what is known of each labelled image: its label, content, name, person, source, look. Out: groups that stay together, sides, an
// order that follows from contents and a seed. Opens no folder: who reads images tells this target of them.
// Called by `fundusd train` and by retraining, before a network sees anything.

/// One image of which a person has said something.
package struct LabelledImage: Sendable, Equatable {
    /// Below the labelled folder, for people: `disease/a.jpg`.
    package let path: String
    package let label: ImageLabel
    /// Of the file's content, 64 hexadecimal digits.
    package let sha256: String
    /// Whom the eye belongs to, where anything tells.
    package let person: String?
    /// The camera, clinic or collection that it comes from, where anything tells.
    package let source: String?
    package let look: PictureLook

    package init(
        path: String, label: ImageLabel, sha256: String, person: String?, source: String? = nil, look: PictureLook
    ) {
        self.path = path
        self.label = label
        self.sha256 = sha256
        self.person = person
        self.source = source
        self.look = look
    }
}
