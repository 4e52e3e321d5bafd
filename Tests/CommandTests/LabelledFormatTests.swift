// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import FundusImage
import Glibc
import SystemPackage
import Testing
import WrittenText

/// What people put into folders of labelled images: pictures of several formats, other files, folders by other names.
@Suite struct LabelledFormatTests {
    private let site: ScreeningSite

    /// Six drawn eyes of each class: half of them PNG, with names as people give them.
    init() throws {
        site = try ScreeningSite(model: .copied, configuration: "retrain:\n  min-per-class: 5\n  epochs: 1")
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
        let document = try EvaluationDocument(site.run("evaluate", "--json", "--report", "report"))
        #expect(document.data.images == 12 && document.data.skipped.isEmpty && document.data.otherFiles == 0)
        // The report shows those that were judged wrongly, PNGs too.
        let page = String(decoding: try site.read("report/report.html"), as: UTF8.self)
        #expect(page.contains("data:image/jpeg;base64,"))
        for verb in LabelledFaultTests.verbs {
            let outcome = try site.runBare(verb + ["--config", "config.yaml"])
            #expect(outcome.status == 0, "\(verb[0]): \(outcome.errors)")
            #expect(!outcome.errors.contains("skipped") && !outcome.errors.contains("not read"), "\(outcome.errors)")
        }
        let manifest = String(decoding: try site.read("model/images.csv"), as: UTF8.self)
        #expect(manifest.split(separator: "\n").count == 13 && manifest.contains("größe 1.png"))
    }

    @Test func `one picture as JPEG and as PNG is one person's, and one file twice is one`() throws {
        let picture = SyntheticEye(seed: 120, width: 96, height: 96).picture
        try site.write(SyntheticPNG.encode(picture), to: "labelled/disease/again.png")
        try site.write(Self.png(123), to: "labelled/disease/copy.png")
        let outcome = try site.runBare(LabelledFaultTests.verbs[1] + ["--config", "config.yaml"])
        #expect(outcome.errors.contains("1 pairs that look the same stay together"), "\(outcome.errors)")
        #expect(outcome.errors.contains("1 copies of other images count once"))
    }

    @Test func `a bad PNG is skipped with its reason`() throws {
        try site.write(Array(Self.png(123).dropLast(100)), to: "labelled/disease/cut.png")
        try site.write("notes", to: "labelled/normal/text.png")
        try site.write(SyntheticPNG.promising(width: 60000, height: 60000), to: "labelled/normal/huge.png")
        for verb in LabelledFaultTests.verbs.prefix(3) {
            let outcome = try site.runBare(verb + ["--config", "config.yaml"])
            #expect(outcome.status == 0)
            for words in [
                "disease/cut.png is skipped: truncated: ", "normal/text.png is skipped: not-jpeg-or-png: ",
                "normal/huge.png is skipped: too-many-pixels: ",
            ] {
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
            }
        }
    }

    @Test func `what is not read is counted by kind and named, with what to do`() throws {
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
        for verb in LabelledFaultTests.verbs.prefix(3) {
            let outcome = try site.runBare(verb + ["--config", "config.yaml"])
            #expect(outcome.status == 0 && outcome.errors.contains(sentence), "\(outcome.errors)")
            for words in ["Convert pictures to PNG", "`fundusd unpack`", "folder of their class"] {
                #expect(outcome.errors.contains(words))
            }
            for name in ["Thumbs", "DS_Store", "desktop", "hidden"] { #expect(!outcome.errors.contains(name)) }
        }
        let document = try EvaluationDocument(site.run("evaluate", "--json", "--report", "report"))
        #expect(document.data.otherFiles == 9 && document.data.otherKinds.map(\.files) == [4, 1, 1, 1, 1, 1])
        #expect(document.data.otherKinds[0].kind == "a TIFF picture")
        #expect(document.data.otherKinds[0].first == ["disease/0.tif", "disease/1.tif", "disease/2.tif"])
        #expect(String(decoding: try site.read("report/report.html"), as: UTF8.self).contains("4 × a TIFF picture"))
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
        try site.makeFolder("labelled/train")
        for (name, other) in zip(["disease", "normal"], folders.names) where name != other {
            let (from, to) = (site.path("labelled/\(name)"), site.path("labelled/\(other)"))
            #expect(rename(from.string, to.string) == 0)
        }
        if !folders.names[0].contains("/") { try site.remove("labelled/train") }
        for verb in LabelledFaultTests.verbs {
            let outcome = try site.runBare(verb + ["--config", "config.yaml"])
            #expect(outcome.status == 66, "\(outcome.errors)")
            for words in folders.words {
                let said = outcome.errors.replacing("\(site.work)/", with: "").replacing("./", with: "")
                #expect(said.contains(words), "\(said)")
            }
        }
    }

    @Test func `folders beside the classes are named`() throws {
        try site.makeFolder("labelled/Normal")
        try site.makeFolder("labelled/ungradable")
        try site.makeFolder("labelled/.cache")
        for verb in LabelledFaultTests.verbs.prefix(3) {
            let outcome = try site.runBare(verb + ["--config", "config.yaml"])
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("“Normal” in "), "\(outcome.errors)")
            #expect(!outcome.errors.contains("cache") && !outcome.errors.contains("“ungradable"))
        }
    }

    @Test func `a class of other formats only says what it holds`() throws {
        try site.remove("labelled/normal")
        try site.makeFolder("labelled/normal")
        try site.write([0x4D, 0x4D, 0, 0x2A, 0], to: "labelled/normal/a.tiff")
        let outcome = try site.run("evaluate")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("normal holds no JPEG or PNG picture"), "\(outcome.errors)")
        #expect(outcome.errors.contains("1 × a TIFF picture (normal/a.tiff)") && outcome.errors.contains("to PNG"))
    }

    /// A byte order mark, CRLF, quotes, a name with an umlaut: as spreadsheets write it.
    @Test func `a table from Windows is read as it is meant`() throws {
        try site.write(
            "\u{FEFF}\"path\",\"group\"\r\ndisease/a.jpg,Grün\r\n\"disease/camera ä/größe 1.png\",Grün\r\n",
            to: "people.csv")
        let outcome = try site.run("evaluate", "--groups", "people.csv", "--json", "--report", "report")
        #expect(outcome.status == 0 && outcome.errors.contains("10 of 12 images are not in people.csv"))
        let rows = try CommaSeparatedTable(parsing: site.read("report/predictions.csv")).rows
        #expect(rows.filter { $0[5] == "Grün" }.map { $0[0] } == ["disease/a.jpg", "disease/camera ä/größe 1.png"])
        let training = LabelledFaultTests.verbs[1] + ["--groups", "people.csv", "--config", "config.yaml"]
        #expect(try site.runBare(training).errors.contains("12 images of 11 people"))
    }

    @Test func `a verdict is made of JPEGs only, and says what a PNG is`() throws {
        try site.write(Self.png(1), to: "eye.png")
        try site.write(Self.png(1), to: "inbox/eye.jpg")
        let classified = try site.run("classify", "eye.png")
        #expect(classified.status == 65)
        #expect(try classified.verdicts().map(\.reasons).first?.first?.code == "not-jpeg")
        #expect(classified.output.contains("is a PNG picture"))
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.publishedVerdict(of: "eye.jpg").reasons.map(\.code) == ["not-jpeg"])
    }
}
