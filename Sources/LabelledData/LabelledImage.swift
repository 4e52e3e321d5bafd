// In: what is known of each labelled image: its class, content, name, person, look. Out: groups that stay together, sides, an
// order that follows from contents and a seed. Opens no folder: who reads images tells this target of them.
// Called by `fundusd train` and by retraining, before a network sees anything.

/// One image whose class is known.
package struct LabelledImage: Sendable, Equatable {
    /// Below the labelled folder, for people: `disease/a.jpg`.
    package let path: String
    package let isDisease: Bool
    /// Of the file's content, 64 hexadecimal digits.
    package let sha256: String
    /// Whom the eye belongs to, where anything tells.
    package let person: String?
    package let look: PictureLook

    package init(path: String, isDisease: Bool, sha256: String, person: String?, look: PictureLook) {
        self.path = path
        self.isDisease = isDisease
        self.sha256 = sha256
        self.person = person
        self.look = look
    }
}
