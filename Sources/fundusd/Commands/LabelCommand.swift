// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Review
internal import Settings

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label",
        abstract: "Keeps what a person says of pictures: disease, normal or ungradable.",
        discussion: """
            Does what moving the picture from review/ into the labelled folder does, and keeps by whom: in the ledger and \
            in the audit chain. Who says another class later has changed his mind; what somebody else says stands beside it, \
            and then the picture trains nothing and counts in no figure.

                fundusd label a.jpg b.jpg disease --by "Dr. Muster"
            """)

    @Argument(
        help: ArgumentHelp(
            "Pictures, by the names that they were screened under, and what they show.", valueName: "file… label"))
    var words: [String]
    @Option(help: ArgumentHelp("Who says so (default: the user who runs this).", valueName: "who"))
    var by: String?
    @OptionGroup(title: "Folders") var folders: FolderOptions

    private static let longestWho = 200

    private var label: GivenLabel? { words.last.flatMap(GivenLabel.init(rawValue:)) }

    func validate() throws {
        guard words.count >= 2, label != nil else {
            let known = GivenLabel.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("Name pictures, and then what they show: \(known).")
        }
        if let by, by.isEmpty || by.utf8.count > Self.longestWho || by.unicodeScalars.contains(where: \.isControl) {
            throw ValidationError("--by takes a name of 1 to \(Self.longestWho) bytes, without control characters.")
        }
    }

    func run() throws {
        guard let label else { return }
        let person = try PersonsLabel(label, by: by, Settings.resolved(folders))
        for line in try person.give(to: words.dropLast()) { try StandardOutput.say(line) }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
