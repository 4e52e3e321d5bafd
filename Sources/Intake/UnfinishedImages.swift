// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage
internal import Hashing
package import LinuxIO
internal import Synchronization
package import Verdict

/// Pictures that end before their end does: whoever writes them may have paused. How long each is given before it is told so.
///
/// No call of the kernel tells this service whether somebody writes to a file of another user: a lease takes CAP_LEASE in
/// the first user namespace (`man 2 fcntl`), which the unit has not. So a picture without its end waits, with growing
/// pauses, as long as the evidence that it is complete is weak; what changes begins anew.
package final class UnfinishedImages: Sendable {
    /// How an image is known to be complete.
    package enum Evidence: Sendable, Equatable {
        /// Its writer closed it, or moved it in, while it was watched.
        case closed
        /// It had not changed for the settling time: found at a start, by a rescan, or where there are no events.
        case settled
        /// The same on a network file system, where another machine's clock stamps the files.
        case polled
    }

    /// How long a picture without its end is given.
    package struct Patience: Sendable, Equatable {
        package var closed: Duration
        package var settled: Duration

        package init(closed: Duration, settled: Duration) {
            self.closed = closed
            self.settled = settled
        }

        /// What a writer who can't be seen is given.
        package static let longest = Duration.seconds(600)

        /// Closed: some writers close a file several times on the way. Settled: a camera's upload may stall.
        package static func watching(settlingTime: Duration) -> Patience {
            Patience(closed: settlingTime * 2, settled: longest)
        }

        /// Where somebody waits for the end of a single pass.
        package static func once(settlingTime: Duration) -> Patience {
            Patience(closed: settlingTime * 2, settled: settlingTime * 2)
        }
    }

    /// To look again later.
    package struct Pause: Sendable, Equatable {
        /// From now to the next look.
        package let duration: Duration
        /// This look's number.
        package let look: Int
        /// It has waited for longer than a writer takes who closes his file several times on the way.
        package let isLong: Bool

        package init(duration: Duration, look: Int, isLong: Bool = false) {
            self.duration = duration
            self.look = look
            self.isLong = isLong
        }
    }

    private struct Looks {
        let signature: FileSignature
        let content: ImageContent
        let first: ContinuousClock.Instant
        /// It was closed before, and went on: this writer's closes prove nothing.
        let isGoingOn: Bool
        var count = 0

        init(
            _ content: ImageContent, _ signature: FileSignature, at first: ContinuousClock.Instant, after before: Looks?
        ) {
            self.signature = signature
            // Its digest is enough.
            self.content = ImageContent(sha256: content.sha256, byteCount: content.byteCount, bytes: nil)
            self.first = first
            isGoingOn = before.map { $0.isGoingOn || $0.isBeginning(of: content) } ?? false
        }

        private func isBeginning(of longer: ImageContent) -> Bool {
            guard let bytes = longer.bytes, 1..<bytes.count ~= content.byteCount else { return false }
            return SHA256.hash(Array(bytes.prefix(content.byteCount))).hexadecimal == content.sha256
        }
    }

    /// So many are remembered; then all are forgotten, and the memory begins anew.
    private static let most = 10_000

    private let patience: Patience
    private let looks = Mutex<[ImageName: Looks]>([:])

    package init(_ patience: Patience) { self.patience = patience }

    /// How long to wait before a picture is looked at again; nil where it is to be taken as it is.
    ///
    /// What was told of as cut off, and then went on, is given the longer patience from there on.
    package func pause(
        for name: ImageName, _ content: ImageContent, _ signature: FileSignature, _ evidence: Evidence,
        now: Date, at instant: ContinuousClock.Instant
    ) -> Pause? {
        guard let bytes = content.bytes, JPEGEnd.isMissing(in: bytes) else {
            forget(name)
            return nil
        }
        let seen = looks.withLock { looks in
            let before = looks[name]
            var seen =
                if let before, before.signature == signature { before } else {
                    Looks(content, signature, at: instant, after: before)
                }
            seen.count += 1
            if looks.count >= Self.most { looks = [:] }
            looks[name] = seen
            return seen
        }
        let age = max(instant - seen.first, evidence == .polled ? .zero : signature.age(at: now))
        let limit = evidence == .closed && !seen.isGoingOn ? patience.closed : patience.settled
        if age >= limit { return nil }
        return Pause(
            duration: min(max(age, patience.closed / 2), .seconds(60), limit - age), look: seen.count,
            isLong: evidence != .closed || age >= patience.closed)
    }

    /// It is whole, or is gone.
    package func forget(_ name: ImageName) { looks.withLock { $0[name] = nil } }
}

extension FileSignature {
    /// How long ago the file was changed, by its own times; none for times in the future.
    fileprivate func age(at now: Date) -> Duration {
        let changed = Date(timeIntervalSince1970: Double(max(modified, changed)) / 1e9)
        return .seconds(max(0, now.timeIntervalSince(changed)))
    }
}
