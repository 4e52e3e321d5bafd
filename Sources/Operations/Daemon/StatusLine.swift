// SPDX-License-Identifier: Apache-2.0
internal import Intake
internal import Screening

/// The one line that `systemctl status` shows.
struct StatusLine: Sendable {
    let counters: ScreeningCounters
    let queue: ArrivalQueue
    let retries: Retries
    let modelInService: ModelInService
    let report: @Sendable (String) -> Void

    func refresh() {
        let waiting = retries.count
        let held = waiting == 0 ? "" : ", \(waiting) held back by a fault"
        report("\(queue.count) in the queue\(held); \(counters.description); model \(modelInService.id)")
    }
}
