// SPDX-License-Identifier: Apache-2.0
internal import Screening

/// The one line that `systemctl status` shows.
struct StatusLine: Sendable {
    let tally: Tally
    let queue: ArrivalQueue
    let retries: Retries
    let seat: ModelSeat
    let report: @Sendable (String) -> Void

    func refresh() {
        let waiting = retries.count
        let held = waiting == 0 ? "" : ", \(waiting) held back by a fault"
        report("\(queue.count) in the queue\(held); \(tally.description); model \(seat.id)")
    }
}
