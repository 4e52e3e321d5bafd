// SPDX-License-Identifier: Apache-2.0
package import Intake

/// Takes arrivals from the queue and sees each through; the body of a worker's thread.
package struct ScreeningWorker: Sendable {
    private let queue: ArrivalQueue
    private let pipeline: ScreeningPipeline
    private let retries: Retries
    private let control: InboxControl
    private let heartbeat: Heartbeat

    package init(
        queue: ArrivalQueue, pipeline: ScreeningPipeline, retries: Retries, control: InboxControl,
        heartbeat: Heartbeat = Heartbeat()
    ) {
        self.queue = queue
        self.pipeline = pipeline
        self.retries = retries
        self.control = control
        self.heartbeat = heartbeat
    }

    /// Works until the queue is closed; an image in hand is finished first.
    package func run() {
        while let arrival = queue.next() { handle(arrival) }
    }

    /// Works until nothing waits.
    package func drain() {
        while let arrival = queue.nextOfThoseWaiting() { handle(arrival) }
    }

    private static let lacksItsEnd =
        "it ends before its end-of-image marker, as a picture does while it is being written"

    private func handle(_ arrival: ArrivalQueue.Arrival) {
        heartbeat.working()
        switch pipeline.screen(arrival, progress: heartbeat.advance, isStopping: { queue.isClosed }) {
        case .done:
            retries.forget(arrival.name)
        case .incomplete(let signature):
            control.postpone(arrival, signature)
        case .unfinished(let pause):
            retries.hold(arrival, until: .now + pause.duration)
            // A long wait is told; that of a writer who closes his file several times is none.
            if pause.isLong {
                pipeline.recordWait(
                    arrival.name, fault: Self.lacksItsEnd, attempts: pause.look, delay: pause.duration)
            }
            control.wake()
        case .heldBack(let fault):
            let (attempts, delay) = retries.postpone(arrival, at: .now, jitter: .random(in: 0...1))
            pipeline.recordWait(arrival.name, fault: fault, attempts: attempts, delay: delay)
            control.wake()
        }
        queue.finish(arrival.name)
        heartbeat.idle()
    }
}
