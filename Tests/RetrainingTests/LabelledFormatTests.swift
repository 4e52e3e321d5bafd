// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LabelledData
import LinuxIO
import Report
import SystemPackage
import Testing
import WrittenText

/// What people put into folders of labelled images: pictures of several formats, other files, folders by other names, links.
@Suite struct LabelledFormatTests {
    private let site: ScreeningSite

    /// Six drawn eyes of each class: half of them PNG, with names as people give them.
    init() throws {
        site = try ScreeningSite(model: .none, configuration: "retrain:\n  min-per-class: 5\n  epochs: 1")
        try site.addModel(side: 64)
        for folder in ["labelled/disease/camera ä", "labelled/normal"] { try site.makeFolder(folder) }
        for (name, bytes) in Self.files { try site.write(bytes, to: "labelled/\(name)") }
    }

    private static func jpeg(_ seed: UInt64) -> [UInt8] { SyntheticEye(seed: seed, width: 96, height: 96).jpeg() }

    private static func png(_ seed: UInt64) -> [UInt8] { SyntheticPNG.eye(seed: seed, side: 96) }

    private static let files: [(name: String, bytes: [UInt8])] = [
        ("disease/a.jpg", jpeg(120)), ("disease/B.JPG", jpeg(121)), ("disease/c d.jpeg", jpeg(122)),
        ("disease/e.png", png(123)), ("disease/F.PNG", png(124)), ("disease/camera ä/größe 1.png", png(125)),
        ("normal/a.jpg", jpeg(126)), ("normal/B.JPEG", jpeg(127)), ("normal/c", jpeg(128)), ("normal/d.png", png(129)),
        ("normal/e.Png", png(130)), ("normal/f", png(131)),
    ]

    @Test func `PNG counts as JPEG does, by content and by name, in any case`() throws {
        let report = try site.evaluate().report
        #expect(report.images.count == 12 && report.skipped.isEmpty && report.unread.isEmpty)
        // The report shows those that were judged wrongly, PNGs too.
        #expect(try site.text("report/report.html").contains("data:image/jpeg;base64,"))
        for work in LabelledWork.allCases {
            let said = try work.run(on: site)
            #expect(!said.contains("skipped") && !said.contains("not read"), "\(work): \(said)")
        }
        let rows = try ImageManifest(parsing: site.read("model/images.csv")).rows
        #expect(rows.count == 12 && rows.contains { $0.path == "disease/camera ä/größe 1.png" })
    }

    @Test func `one picture as JPEG and as PNG is one person's, and one file twice is one`() throws {
        let picture = SyntheticEye(seed: 120, width: 96, height: 96).picture
        try site.write(SyntheticPNG.encode(picture), to: "labelled/disease/again.png")
        try site.write(Self.png(123), to: "labelled/disease/copy.png")
        let said = try LabelledWork.train.run(on: site)
        #expect(said.contains("1 pairs that look the same stay together"), "\(said)")
        #expect(said.contains("1 copies of other images count once"))
    }

    @Test(arguments: LabelledWork.telling) func `a bad PNG is skipped with its reason`(work: LabelledWork) throws {
        try site.write(Array(Self.png(123).dropLast(100)), to: "labelled/disease/cut.png")
        try site.write("notes", to: "labelled/normal/text.png")
        try site.write(SyntheticPNG.promising(width: 60000, height: 60000), to: "labelled/normal/huge.png")
        let said = try work.run(on: site)
        for words in [
            "disease/cut.png is skipped: truncated: ", "normal/text.png is skipped: not-jpeg-or-png: ",
            "normal/huge.png is skipped: too-many-pixels: ",
        ] {
            #expect(said.contains(words), "\(said)")
        }
    }

    @Test(arguments: LabelledWork.telling)
    func `what is not read is counted by kind and named, with what to do`(work: LabelledWork) throws {
        for number in 0..<4 { try site.write([0x49, 0x49, 0x2A, 0, 8], to: "labelled/disease/\(number).tif") }
        try site.write(Array("BM".utf8) + [1, 2, 3], to: "labelled/normal/a.bmp")
        try site.write(Array("RIFF....WEBP".utf8), to: "labelled/normal/a.webp")
        try site.write([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), to: "labelled/normal/a.dcm")
        try site.write("notes", to: "labelled/normal/notes.txt")
        try site.write(Self.png(1), to: "labelled/lost.png")
        for name in ["Thumbs.db", ".DS_Store", "desktop.ini", "._a.png", ".hidden.png"] {
            try site.write("whatever", to: "labelled/disease/\(name)")
        }
        let sentence =
            "9 files are not read: 4 × a TIFF picture (disease/0.tif, disease/1.tif, disease/2.tif, …); "
            + "1 × a BMP picture (normal/a.bmp); 1 × a DICOM object (normal/a.dcm); 1 × a WebP picture (normal/a.webp); "
            + "1 × a picture of no class (lost.png); 1 × text (normal/notes.txt)."
        let said = try work.run(on: site)
        #expect(said.contains(sentence), "\(said)")
        for words in ["Convert pictures to PNG", "`fundusd unpack`", "folder of their class"] {
            #expect(said.contains(words))
        }
        for name in ["Thumbs", "DS_Store", "desktop", "hidden"] { #expect(!said.contains(name)) }
        guard work == .evaluate else { return }
        #expect(try site.text("report/report.html").contains("4 × a TIFF picture"))
    }

    struct Folders: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// New names of `labelled/disease` and `labelled/normal`.
        let names: [String]
        let words: [String]
    }

    static let folders = [
        Folders(
            testDescription: "capitals", names: ["Disease", "Normal"],
            words: ["labelled/disease is not there", "a folder “Disease”; rename it to “disease”"]),
        Folders(
            testDescription: "one capital", names: ["disease", "NORMAL"],
            words: ["labelled/normal is not there", "a folder “NORMAL”; rename it to “normal”"]),
        Folders(
            testDescription: "a space", names: ["disease ", "normal"],
            words: ["a folder “disease ”; rename it to “disease”", "without spaces"]),
        Folders(
            testDescription: "numbers", names: ["0", "1"],
            words: ["“0”, “1”", "are not read; rename what holds eyes with disease to “disease”"]),
        Folders(
            testDescription: "a level too high", names: ["train/disease", "train/normal"],
            words: ["they lie below labelled/train: name that folder with --labelled"]),
    ]

    @Test(arguments: folders) func `classes by other names are named, with what to do`(_ folders: Folders) throws {
        if folders.names[0].contains("/") { try site.makeFolder("labelled/train") }
        for (name, other) in zip(["disease", "normal"], folders.names) where name != other {
            try site.move("labelled/\(name)", to: "labelled/\(other)")
        }
        for work in LabelledWork.allCases {
            let refusal = try #require(throws: Refusal.self) { try work.run(on: site) }
            #expect(refusal.status == .noInput, "\(refusal)")
            let said = refusal.message.replacing("\(site.work)/", with: "")
            for words in folders.words { #expect(said.contains(words), "\(said)") }
        }
    }

    @Test(arguments: LabelledWork.telling) func `folders beside the classes are named`(work: LabelledWork) throws {
        try site.makeFolder("labelled/Normal")
        try site.makeFolder("labelled/ungradable")
        try site.makeFolder("labelled/.cache")
        let said = try work.run(on: site)
        #expect(said.contains("“Normal” in "), "\(said)")
        #expect(!said.contains("cache") && !said.contains("“ungradable"))
    }

    @Test func `a class of other formats only says what it holds`() throws {
        try site.remove("labelled/normal")
        try site.makeFolder("labelled/normal")
        try site.write([0x4D, 0x4D, 0, 0x2A, 0], to: "labelled/normal/a.tiff")
        let refusal = try #require(throws: Refusal.self) { try site.evaluate() }
        #expect(refusal.status == .dataError)
        #expect(refusal.message.contains("normal holds no JPEG or PNG picture"), "\(refusal)")
        #expect(
            refusal.message.contains("1 × a TIFF picture (normal/a.tiff)") && refusal.message.contains("to PNG"))
    }

    /// A byte order mark, CRLF, quotes, a name with an umlaut: as spreadsheets write it.
    @Test func `a table from Windows is read as it is meant`() throws {
        try site.write(
            "\u{FEFF}\"path\",\"group\"\r\ndisease/a.jpg,Grün\r\n\"disease/camera ä/größe 1.png\",Grün\r\n",
            to: "people.csv")
        #expect(try site.evaluate(groups: "people.csv").told.contains("10 of 12 images are not in "))
        let rows = try CommaSeparatedTable(parsing: site.read("report/predictions.csv")).rows
        #expect(rows.filter { $0[5] == "Grün" }.map { $0[0] } == ["disease/a.jpg", "disease/camera ä/größe 1.png"])
        #expect(try site.train(groups: "people.csv", takesUngradable: false).said.contains("12 images of 11 people"))
    }

    /// Who may put pictures into the service's folder may also put a link there, that leads anywhere.
    @Test func `retraining follows no link, to files or to folders`() throws {
        try site.makeFolder("elsewhere")
        try site.write(Eyes.second, to: "elsewhere/eye.jpg")
        for (target, name) in [
            ("../../elsewhere/eye.jpg", "link.jpg"), ("..", "around.jpg"), ("../../elsewhere", "folder"),
        ] {
            try site.link("labelled/disease/\(name)", to: target)
        }
        let said = try site.retrain().said
        for name in ["around.jpg", "link.jpg"] {
            #expect(said.contains("disease/\(name) is skipped: link: "), "\(said)")
        }
        #expect(said.contains("1 × a link (disease/folder)") && !said.contains("disease/folder/"), "\(said)")
    }

    @Test func `a class that is a link is none to retraining`() throws {
        try site.move("labelled/disease", to: "elsewhere")
        try site.link("labelled/disease", to: "../elsewhere")
        let refusal = try #require(throws: Refusal.self) { try site.retrain() }
        #expect(refusal.status == .noInput && refusal.message.contains("links are not followed"), "\(refusal)")
        // A person's own folder may be made of links.
        #expect(try site.evaluate().report.images.count == 12)
    }
}
