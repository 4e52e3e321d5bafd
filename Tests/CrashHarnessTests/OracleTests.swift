// SPDX-License-Identifier: Apache-2.0
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

    private func write(_ path: String, _ text: String) throws { try write(Array(text.utf8), outbox, path) }

    private func write(_ bytes: [UInt8], _ folder: FilePath, _ path: String) throws {
        let path = folder.pushing(FilePath(path))
        try AtomicFile.makeFolder(path.removingLastComponent())
        try AtomicFile.write(bytes, to: path)
    }

    private var outbox: FilePath { folder.path.appending("outbox") }
    private var inbox: FilePath { folder.path.appending("inbox") }
    private var archive: FilePath { folder.path.appending("archive") }

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
        try write(newer.bytes, inbox, "a.jpg")
        try write(eye.bytes, inbox, "ward/b.jpg")
        try write("a.jpg.\(eye.sha256.prefix(12)).json", "a.jpg", eye.sha256, "disease")
        try write("a.jpg.json", "a.jpg", newer.sha256, "ungradable")
        try write("ward/b.jpg.json", "ward/b.jpg", eye.sha256, "normal")
        try write("gone.jpg.json", "gone.jpg", eye.sha256, "normal")
    }

    private func violations(after: Set<After> = [.keep]) throws -> Set<Oracle.Violation> {
        var expected = expected
        expected.afters = after
        return try Oracle(expected, outbox: outbox, inbox: inbox, archive: archive).violations
    }

    @Test func `what is right has no violations`() throws {
        try writeAll()
        try write(".fundusd-77.tmp", "{")
        #expect(try violations() == [])
        try AtomicFile.remove(outbox.appending("gone.jpg.json"))
        #expect(try violations() == [], "what is gone need not have been seen")
    }

    /// Every picture that is there is with people, once: waiting or answered.
    @Test func `pictures that people were not given, twice, or in pieces`() throws {
        try writeAll()
        let (review, labelled) = (folder.path.appending("review"), folder.path.appending("labelled"))
        func found() throws -> Set<Oracle.Violation> {
            try Oracle(expected, outbox: outbox, inbox: inbox, archive: archive, people: [review, labelled]).violations
        }
        #expect(try found() == [.unasked(eye.sha256), .unasked(newer.sha256)])
        try write(eye.bytes, review, "b.jpg")
        try write(newer.bytes, labelled, "normal/a.jpg")
        #expect(try found() == [])
        try write(newer.bytes, review, "a.jpg")
        #expect(try found() == [.askedTwice(newer.sha256)])
        try write(Array(newer.bytes.dropLast(5)), review, "a.jpg")
        #expect(try found() == [.spoiledForPeople("a.jpg")])
        try AtomicFile.remove(review.appending("a.jpg"))
        try AtomicFile.remove(review.appending("b.jpg"))
        try AtomicFile.remove(inbox.pushing("ward/b.jpg"))
        try AtomicFile.remove(outbox.pushing("ward/b.jpg.json"))
        #expect(try !found().contains(.unasked(eye.sha256)), "a picture that is gone can't be asked about")
    }

    /// Each person's exam names a verdict for every eye that has one, and none else.
    @Test func `an exam that is missing, stale, or another's`() throws {
        var expected = Deliveries()
        let (left, right) = ("ward/p1_left_-1.jpg", "ward/p1_right_-2.jpg")
        for (name, specimen) in [(left, eye), (right, newer)] {
            expected.final[name] = specimen
            expected.whole[.init(name, specimen.sha256)] = specimen
            try write(specimen.bytes, inbox, name)
        }
        try write("\(left).json", left, eye.sha256, "disease")
        try write("\(right).json", right, newer.sha256, "ungradable")
        func told(_ name: String, _ sha256: String, _ outcome: String) -> String {
            #"{"image":"\#(name)","sha256":"\#(sha256)","outcome":"\#(outcome)","verdict":"\#(name).json"}"#
        }
        func found(_ person: String, left: String, right: String) throws -> Set<Oracle.Violation> {
            try write("exams/ward/p1.json", #"{"person":"\#(person)","eyes":{"left":\#(left),"right":\#(right)}}"#)
            return try Oracle(expected, outbox: outbox, inbox: inbox, archive: archive).violations
        }
        let judged = told(left, eye.sha256, "disease")
        let refused = told(right, newer.sha256, "ungradable")
        let wrong = Oracle.Violation.wrongExam("exams/ward/p1.json")
        #expect(try found("ward/p1", left: judged, right: refused) == [])
        #expect(try found("ward/p1", left: judged, right: "null") == [.unexamined("\(right).json")])
        #expect(try found("ward/p1", left: refused, right: refused).contains(wrong), "the other eye's verdict")
        #expect(try found("ward/p1", left: told(left, "00", "disease"), right: refused) == [wrong])
        #expect(try found("p1", left: judged, right: refused).contains(wrong), "another person's file")
        try write("exams/ward/p1.json", "{")
        #expect(
            try Oracle(expected, outbox: outbox, inbox: inbox, archive: archive).violations
                == [wrong, .unexamined("\(left).json"), .unexamined("\(right).json")])
    }

    @Test func `a lost verdict`() throws {
        try writeAll()
        try AtomicFile.remove(outbox.pushing("ward/b.jpg.json"))
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

    private var bArrived: Deliveries.Arrival { .init("ward/b.jpg", eye.sha256) }

    @Test func `a screened picture that was deleted, as it may be and as it may not`() throws {
        try writeAll()
        try AtomicFile.remove(inbox.pushing("ward/b.jpg"))
        #expect(try violations(after: [.keep, .delete]) == [])
        #expect(try violations(after: [.keep, .archive]) == [.vanished(bArrived)])
    }

    @Test func `a picture that was deleted without a verdict`() throws {
        try writeAll()
        try AtomicFile.remove(inbox.pushing("ward/b.jpg"))
        try AtomicFile.remove(outbox.pushing("ward/b.jpg.json"))
        #expect(try violations(after: [.delete]) == [.lost(bArrived), .vanished(bArrived)])
    }

    @Test func `a picture that was overwritten with another's content`() throws {
        try writeAll()
        try write(newer.bytes, inbox, "ward/b.jpg")
        #expect(try violations() == [.vanished(bArrived)])
    }

    @Test func `an archived picture, whole, torn, and without a verdict`() throws {
        try writeAll()
        try AtomicFile.remove(inbox.pushing("ward/b.jpg"))
        try write(eye.bytes, archive, "2026/11/28/ward/b.jpg")
        #expect(try violations(after: [.archive]) == [])
        try write(Array(eye.bytes.dropLast(100)), archive, "2026/11/28/ward/b.jpg")
        #expect(try violations(after: [.archive]) == [.spoiled("2026/11/28/ward/b.jpg"), .vanished(bArrived)])
        try write(newer.bytes, archive, "2026/11/28/a.jpg")
        try AtomicFile.remove(outbox.pushing("a.jpg.json"))
        #expect(
            try violations(after: [.archive, .delete]) == [
                .spoiled("2026/11/28/ward/b.jpg"), .lost(.init("a.jpg", newer.sha256)), .unjudged("2026/11/28/a.jpg"),
            ])
    }

    @Test func `a picture that was never given its name back`() throws {
        try writeAll()
        try write(eye.bytes, inbox, "ward/.fundusd-1x.cleared")
        try write(eye.bytes, inbox, ".camera-own")
        #expect(try violations() == [.stranded("ward/.fundusd-1x.cleared")])
    }

    @Test func `a picture that met a newer one on the way back to its name`() throws {
        try writeAll()
        try write("a~77.jpg.json", "a~77.jpg", eye.sha256, "disease")
        #expect(try violations() == [])
        try write("c~77.jpg.json", "c~77.jpg", eye.sha256, "disease")
        #expect(try violations() == [.early(.init("c~77.jpg", eye.sha256))])
    }
}
