// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import Verdict

/// What happened on the line, for the journal. The line tells; it does not know where the telling goes.
package enum ScreeningEvent: Sendable {
    /// A verdict is in the outbox.
    case verdict(ImageName, Verdict)
    /// A fault of the machine holds an image back; it is tried again after the delay.
    case waiting(ImageName, fault: String, attempts: Int, delay: Duration)
    /// An image in hand crashed the process twice; it gets no verdict and is not tried again.
    case setAside(ImageName)
    /// Verdicts that an interruption had kept from the outbox are being published.
    case recovering(count: Int)
    /// More happened in the inbox than the kernel's queue holds; the folder is read again.
    case overflow
    /// The inbox is not there; it is looked for until it comes back.
    case inboxLost(fault: String)
    case inboxBack
    /// No events are to be had from the inbox, for this reason; it is polled.
    case polling(reason: String)
    /// What the outbox's file system can't do, as far as that is not the usual; it is done another way.
    case outboxAbilities(FileSystemAbilities)
    /// Files of this one's mount seem to change at each look, though their size and time stay: these decide from now on.
    case unsteady(ImageName)
    /// Something is wrong that concerns no single image.
    case fault(String)
}
