// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Logging
internal import Screening
internal import Settings
internal import Supervision

/// Looks each `rescan-seconds` what people answered, and whether the program still finds enough.
///
/// Also while `review` is off: who was asked may still answer.
struct ReviewService: Service {
    let session: ScreeningSession
    let logger: Logger

    func run(until stop: StopNotice) async throws {
        let interval = session.settings.rescan
        let review = ReviewLook(session: session, logger: logger)
        await stop.canceling {
            while !Task.isCancelled {
                await onOwnThread(named: "review") { review.look() }
                try? await Task.sleep(for: interval)
            }
        }
    }
}
