// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import LinuxIO
package import SystemPackage
package import Verdict

/// Reads one file of the inbox into memory, within limits, and only if it is what the intake takes it for.
package struct InboxReader: Sendable {
    /// What became of reading a file.
    package enum Reading: Sendable {
        /// The file, whole and unchanged while it was read.
        case image(ImageContent, FileSignature)
        /// No JPEG, and its name doesn't say so either.
        case leftAlone(FileSignature)
        /// Somebody is still writing.
        case incomplete(FileSignature)
        /// No regular file of that name is there any more.
        case gone
    }

    package let root: FilePath
    /// A larger file is hashed, and not kept in memory.
    package let maximumBytes: Int
    /// How long a file must be unchanged where nothing tells that it was closed.
    package let settlingTime: Duration
    /// Where files seem to change by themselves.
    package var mounts = UnsteadyMounts()

    package init(root: FilePath, maximumBytes: Int, settlingTime: Duration) {
        self.root = root
        self.maximumBytes = maximumBytes
        self.settlingTime = settlingTime
    }

    /// The bytes that a file has now; none where no regular file is there.
    package func size(of name: ImageName) throws(SystemFailure) -> Int {
        do throws(SystemFailure) {
            guard let status = try Folder(root).statusIfThere(name.path), status.kind == .regular else { return 0 }
            return status.signature.bytes
        } catch let error where error.isGone {
            return 0
        }
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - size: for more there is no room; a file that has grown since it was asked for counts as incomplete.
    ///   - mayGoOn: asked once a mebibyte; a no ends the reading, and the file counts as incomplete.
    /// - Throws: a fault of the machine; a file that has vanished or changed is none.
    package func read(
        _ name: ImageName, ofAtMost size: Int = .max, now: Date, mayGoOn: () -> Bool = { true }
    ) throws(SystemFailure) -> Reading {
        do throws(SystemFailure) {
            let folder = try Folder(root)
            return try read(name, in: folder, size, now: now, mayGoOn)
        } catch let error where error.isGone {
            return .gone
        }
    }

    private func read(
        _ name: ImageName, in folder: borrowing Folder, _ size: Int, now: Date, _ mayGoOn: () -> Bool
    ) throws(SystemFailure) -> Reading {
        let status = try folder.status(of: name.path)
        guard status.kind == .regular else { return .gone }
        let file: Descriptor
        do throws(SystemFailure) {
            file = try folder.openFile(name.path)
        } catch let error where error.code == .resourceTemporarilyUnavailable {
            // Another process holds a lease on it, such as a file server for its client (man 2 open, O_NONBLOCK).
            return .incomplete(mounts.steady(status.signature))
        }
        let before = try file.status()
        guard before.kind == .regular else { return .gone }
        let signature = mounts.steady(before.signature)
        if signature.bytes > size { return .incomplete(signature) }
        if WriterCheck.of(file) == .openForWriting || isFreshAndEmpty(before.signature, now: now) {
            return .incomplete(signature)
        }
        let beginsLikeJPEG = try file.read(upTo: 3, at: 0) == [0xFF, 0xD8, 0xFF]
        guard beginsLikeJPEG || name.promisesJPEG else { return .leftAlone(signature) }
        let reading = try image(in: file, signature, mayGoOn)
        if case .image(let content, _) = reading, mounts.isUnsteady(signature) {
            // Not all of what tells a change is there: the content has to be the same twice.
            let again = try ImageContent.read(folder.openFile(name.path), maximumBytes: 0)
            return again.sha256 == content.sha256 ? reading : .incomplete(signature)
        }
        return reading
    }

    private func image(
        in file: borrowing Descriptor, _ before: FileSignature, _ mayGoOn: () -> Bool
    ) throws(SystemFailure) -> Reading {
        let content: ImageContent
        do throws(SystemFailure) {
            // What is written meanwhile is not read: the file has changed then.
            let limit = min(maximumBytes, before.bytes)
            content = try ImageContent.read(file, maximumBytes: limit, expecting: before.bytes) {
                () throws(SystemFailure) in
                if !mayGoOn() { throw SystemFailure("read", file.path.string, .canceled) }
            }
        } catch let error where error.code == .canceled {
            return .incomplete(before)
        }
        let after = mounts.steady(try file.status().signature)
        return after == before ? .image(content, after) : .incomplete(after)
    }

    /// Some writers make a file, close it, and open it again to write: an empty file is given the settling time.
    ///
    /// By the change time alone, which no program sets; one in the future means that the clock was set back.
    private func isFreshAndEmpty(_ signature: FileSignature, now: Date) -> Bool {
        let age = now.timeIntervalSince1970 * 1e3 - Double(signature.changed) / 1e6
        return signature.bytes == 0 && 0..<settlingTime.milliseconds ~= age
    }
}

extension FileSignature {
    /// Whether the file's own times say that nobody changed it for so long; false for times in the future.
    package func isSettled(for duration: Duration, at now: Date) -> Bool {
        let nanoseconds = now.timeIntervalSince1970 * 1e9 - duration.milliseconds * 1e6
        return Double(max(modified, changed)) <= nanoseconds
    }
}
