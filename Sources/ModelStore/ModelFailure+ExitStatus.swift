// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

extension ModelFailure {
    /// What a script is told of it.
    package var exitStatus: ExitStatus {
        switch code {
        case .missing: .noInput
        case .inputOutput: .inputOutput
        case .unsaid: .usage
        default: .dataError
        }
    }
}
