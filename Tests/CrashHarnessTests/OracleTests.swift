import CrashHarness
import Fixtures
import LinuxIO
import SystemPackage
import Testing

/// An oracle that finds nothing proves nothing: each kind of wrong must be noticed.
@Suite struct OracleTests {
    private let folder = TemporaryFolder()
    private let eye = Specimen(.eye, number: 1)
    private let newer = Specimen(.dark, number: 2)

    private func write(_ path: String, _ name: String, _ sha256: String, _ outcome: String) throws {
        let text = """
            {"image":{"name":"\(name)","sha256":"\(sha256)"},"outcome":"\(outcome)","schema":"fundusd.verdict/1",
            "intended_use":"x"}
            """
        try write(path, text)
    }

    private func write(_ path: String, _ text: String) throws {
        let path = folder.path.pushing(FilePath(path))
        try AtomicFile.makeFolder(path.removingLastComponent())
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    /// `a.jpg` had an eye and has a dark picture now, `ward/b.jpg` an eye; `gone.jpg` had one.
    private var expected: Deliveries {
        var expected = Deliveries()
        expected.final = ["a.jpg": newer, "ward/b.jpg": eye]
        for (name, specimen) in [("a.jpg", eye), ("a.jpg", newer), ("ward/b.jpg", eye), ("gone.jpg", eye)] {
            expected.whole[.init(name, specimen.sha256)] = specimen
        }
        return expected
    }

    private func writeAll() throws {
        try write("a.jpg.\(eye.sha256.prefix(12)).json", "a.jpg", eye.sha256, "disease")
        try write("a.jpg.json", "a.jpg", newer.sha256, "ungradable")
        try write("ward/b.jpg.json", "ward/b.jpg", eye.sha256, "normal")
        try write("gone.jpg.json", "gone.jpg", eye.sha256, "normal")
    }

    private func violations() throws -> Set<Oracle.Violation> { try Oracle(expected, outbox: folder.path).violations }

    @Test func `what is right has no violations`() throws {
        try writeAll()
        try write(".fundusd-77.tmp", "{")
        #expect(try violations() == [])
        try AtomicFile.remove(folder.path.appending("gone.jpg.json"))
        #expect(try violations() == [], "what is gone need not have been seen")
    }

    @Test func `a lost verdict`() throws {
        try writeAll()
        try AtomicFile.remove(folder.path.pushing("ward/b.jpg.json"))
        #expect(try violations() == [.lost(.init("ward/b.jpg", eye.sha256))])
    }

    @Test func `a doubled one`() throws {
        try writeAll()
        try write("gone.jpg.\(eye.sha256.prefix(12)).json", "gone.jpg", eye.sha256, "normal")
        #expect(try violations() == [.doubled(.init("gone.jpg", eye.sha256))])
    }

    @Test func `a torn one`() throws {
        try writeAll()
        try write("a.jpg.json", #"{"image":{"name":"a.jpg","#)
        #expect(try violations() == [.torn("a.jpg.json"), .lost(.init("a.jpg", newer.sha256))])
    }

    @Test func `an early one`() throws {
        try writeAll()
        try write("slow.jpg.json", "slow.jpg", "00", "rejected")
        #expect(try violations() == [.early(.init("slow.jpg", "00"))])
    }

    @Test func `a wrong one`() throws {
        try writeAll()
        try write("a.jpg.json", "a.jpg", newer.sha256, "normal")
        #expect(try violations() == [.wrong(.init("a.jpg", newer.sha256), outcome: "normal")])
    }

    @Test func `an older one in the newest's place`() throws {
        try writeAll()
        try write("a.jpg.json", "a.jpg", eye.sha256, "disease")
        try write("a.jpg.\(eye.sha256.prefix(12)).json", "a.jpg", newer.sha256, "ungradable")
        #expect(
            try violations() == [.misplaced("a.jpg.json"), .misplaced("a.jpg.\(eye.sha256.prefix(12)).json")])
    }
}
