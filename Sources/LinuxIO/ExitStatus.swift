// SPDX-License-Identifier: Apache-2.0

/// The exit statuses of `sysexits.h` that fundusd uses; the contract with scripts and the service manager.
package enum ExitStatus: Int32, Sendable {
    case usage = 64
    /// Some input was rejected or ungradable.
    case dataError = 65
    case noInput = 66
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Another instance runs.
    case tryAgain = 75
    case configuration = 78
}

/// Why work that a person asked for is given up: what he is told, and the exit status that a script sees.
package struct Refusal: Error, Sendable, Equatable {
    package let status: ExitStatus
    /// What is wrong, where, and what to do about it.
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

/// What a person is told of an error that was caught without its type.
package func explanation(of error: any Error) -> String {
    (error as? Refusal)?.message ?? "\(error)"
}
