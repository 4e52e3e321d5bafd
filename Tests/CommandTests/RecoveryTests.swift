// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// Exactly one verdict for each image, whatever interrupts the daemon.
@Suite struct RecoveryTests {
    @Test func `a restart gives no second verdict`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write("notes", to: "inbox/notes.txt")
        #expect(try stopAfterVerdicts(2, site) == 0)
        let before = try site.snapshot(of: "outbox")

        let again = try site.watch()
        // The sentinel goes through the whole line after what the first scan has queued.
        try site.write(Eyes.second, to: "inbox/sentinel.jpg")
        _ = try site.verdict(of: "sentinel.jpg")
        #expect(try again.stop() == 0)
        var after = try site.snapshot(of: "outbox")
        #expect(after.removeValue(forKey: "sentinel.jpg.json") != nil)
        #expect(after.filter { $0.key != "." } == before.filter { $0.key != "." })
    }

    private func stopAfterVerdicts(_ count: Int, _ site: ScreeningSite) throws -> Int32 {
        let daemon = try site.watch()
        try site.waitForVerdicts(count)
        return try daemon.stop()
    }

    @Test func `killed in the middle of a heap of images, each has its one verdict after the restart`() throws {
        let count = 60
        let site = try ScreeningSite()
        for number in 0..<count { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        for threshold in [1, 20] {
            let daemon = try site.watch()
            try site.waitForVerdicts(threshold)
            #expect(try daemon.stop(with: SIGKILL) == 128 + SIGKILL)
        }
        let published = try documents(site)
        #expect(published.count < count, "the kill came too late to show anything")

        let daemon = try site.watch()
        try site.waitForVerdicts(count)
        #expect(try daemon.stop() == 0)
        let outbox = try documents(site)
        #expect(outbox.keys.sorted() == (0..<count).map { "eye-\($0).jpg.json" }.sorted())
        // A kill between the file and the ledger's row has the same bytes written once more.
        for (name, document) in published { #expect(outbox[name] == document, "\(name) has another verdict") }
        for number in 0..<count {
            let verdict = try site.publishedVerdict(of: "eye-\(number).jpg")
            #expect(verdict.image.name == "eye-\(number).jpg" && verdict.probability != nil)
        }
        #expect(try site.status().total == count)
    }

    private func documents(_ site: ScreeningSite) throws -> [String: [UInt8]] {
        let names = try site.verdictNames()
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try site.read("outbox/\($0)")) })
    }

    @Test func `a verdict that was judged and not published is published by the restart, byte for byte`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.makeFolder("outbox/eye.jpg.json/in-the-way")
        let held = try site.run("screen", "--once")
        #expect(held.status == 74)
        #expect(try site.status().unpublished == 1)
        try site.remove("outbox/eye.jpg.json")
        // Another threshold shows that the judgement is the first run's.
        let daemon = try site.watch("--threshold", "0.123")
        let verdict = try site.verdict(of: "eye.jpg")
        #expect(verdict.threshold.value == 0.5)
        #expect(try daemon.stop() == 0)
        #expect(try site.status().unpublished == 0)
    }

    @Test func `on a full outbox an image waits, is explained, and has its verdict when there is space`() throws {
        let site = try ScreeningSite()
        let outbox = site.path("outbox").string
        guard mount("fundusd-test", outbox, "tmpfs", 0, "size=64k") == 0 else {
            return print("skipped: a small file system to fill can't be mounted here (\(Errno(rawValue: errno)))")
        }
        defer { umount2(outbox, CInt(MNT_DETACH)) }
        try fill(site.path("outbox/filler"))
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try daemon.waitForLine("eye.jpg waits and is tried again")
        #expect(try site.verdictNames() == ["filler"])
        try FolderWait.until("a row that tells of it", in: site.path("state")) { try site.status().heldBack == 1 }
        #expect(try site.status().total == 0)
        let explained = try site.run("explain", "eye.jpg")
        #expect(explained.status == 0)
        #expect(explained.output.contains("waits since") && explained.output.contains("No space left"))

        try site.remove("outbox/filler")
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
        #expect(try site.status().heldBack == 0)
        #expect(try !site.run("explain", "eye.jpg").output.contains("waits"))
    }

    /// Writes until nothing more goes in.
    private func fill(_ path: FilePath) throws {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o644)
        let page = [UInt8](repeating: 0, count: 4096)
        while (try? file.write(page)) != nil {}
    }
}
