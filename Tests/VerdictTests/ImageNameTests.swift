// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing
import Verdict

@Suite struct ImageNameTests {
    @Test(arguments: [
        ("a.jpg", false), ("A.JPEG", false), (".a.jpg", true), ("~$a.jpg", true), ("a.jpg.tmp", true), ("a.part", true),
        ("a.jpg.partial", true), ("a.filepart", true), ("a.jpg.crdownload", true), ("a.download", true),
        ("Thumbs.db", true), ("desktop.ini", true), ("@eaDir/a.jpg", true), (".stfolder/a.jpg", true),
        ("a.sync-conflict-20240101-120000-ABC.jpg", true), ("sub/a.jpg", false), ("sub/.hidden/a.jpg", true),
        ("THUMBS.DB", true), ("partial.jpg", false), ("tmp", false), ("a.TMP", true),
    ])
    func `names of unfinished and foreign files are skipped`(name: String, isSkipped: Bool) {
        #expect(ImageName(FilePath(name)).isSkipped == isSkipped)
    }

    @Test(arguments: [
        ("a.jpg", true), ("a.JPG", true), ("a.jpeg", true), ("a.JpEg", true), ("a.png", false), ("jpg", false),
        ("a.jpg.txt", false),
    ])
    func `some names promise a JPEG`(name: String, promises: Bool) {
        #expect(ImageName(FilePath(name)).promisesJPEG == promises)
    }

    @Test func `a name that is no UTF-8 keeps its bytes`() {
        let bytes: [UInt8] = [0x61, 0xFF, 0xFE, 0x2E, 0x6A, 0x70, 0x67]
        let name = ImageName(bytes: bytes)
        #expect(name.bytes == bytes)
        #expect(!name.isUTF8)
        #expect(name.promisesJPEG)
        #expect(ImageName(bytes: Array("ä.jpg".utf8)).isUTF8)
    }
}
