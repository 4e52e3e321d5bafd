// SPDX-License-Identifier: Apache-2.0
import SystemPackage
import Testing

@testable import LabelledData

@Suite struct UnreadFilesTests {
    private func noted(_ files: [(appearance: String, path: String)]) -> UnreadFiles {
        var unread = UnreadFiles()
        for file in files { unread.note(file.appearance, FilePath(file.path)) }
        return unread
    }

    @Test func `the commonest kind comes first, with its first three names and what to do`() {
        let unread = noted([
            ("a BMP picture", "normal/a.bmp"), ("a TIFF picture", "disease/0.tif"), ("a TIFF picture", "disease/1.tif"),
            ("a TIFF picture", "disease/2.tif"), ("a TIFF picture", "disease/3.tif"),
        ])
        #expect(unread.count == 5 && unread.kinds.map(\.count) == [4, 1])
        #expect(
            unread.sentence
                == "5 files are not read: 4 × a TIFF picture (disease/0.tif, disease/1.tif, disease/2.tif, …); "
                + "1 × a BMP picture (normal/a.bmp). Convert pictures to PNG, which loses nothing.")
    }

    @Test(arguments: [
        ("text", "1 file is not read: 1 × text (a)."),
        (
            "a DICOM object",
            "1 file is not read: 1 × a DICOM object (a). `fundusd unpack` takes the photograph out of a DICOM object."
        ),
        (
            "a picture of no class",
            "1 file is not read: 1 × a picture of no class (a). Put pictures into the folder of their class."
        ),
    ])
    func `each kind has its own advice`(appearance: String, sentence: String) {
        #expect(noted([(appearance, "a")]).sentence == sentence)
    }

    @Test func `nothing is said of nothing`() { #expect(UnreadFiles().sentence == nil) }
}
