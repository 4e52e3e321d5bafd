// SPDX-License-Identifier: Apache-2.0
internal import CKernels
package import Processor
internal import Synchronization

/// What a fast layer runs on: an instruction set and a team of threads.
package struct ComputeEngine: Sendable {
    /// Which kernels are called.
    package let instructionSet: InstructionSet
    /// The threads that they are shared out to.
    package let team: ComputeTeam

    package init(instructionSet: InstructionSet, team: ComputeTeam) {
        precondition(InstructionSet.available.contains(instructionSet), "this machine has no \(instructionSet)")
        self.instructionSet = instructionSet
        self.team = team
    }

    private struct Shared {
        var threadCount = 1
        var engine: ComputeEngine?
    }
    private static let sharedState = Mutex(Shared())

    /// The engine of all models of this process, made when first asked for.
    package static var shared: ComputeEngine {
        sharedState.withLock { state in
            if let engine = state.engine { return engine }
            let engine = ComputeEngine(
                instructionSet: .inUse, team: ComputeTeam(threadCount: state.threadCount))
            state.engine = engine
            return engine
        }
    }

    /// Sets the shared engine's thread count; networks made before keep theirs.
    package static func setSharedThreadCount(_ count: Int) {
        sharedState.withLock { state in
            guard state.threadCount != count else { return }
            state = Shared(threadCount: count, engine: nil)
        }
    }

    /// The kernels of maps of one precision.
    func layers(_ precision: Precision) -> ck_layers {
        let layers = unsafe kernels.pointee.layers
        return precision == .float32 ? layers.0 : layers.1
    }

    var kernels: UnsafePointer<ck_kernels> {
        // Checked in `init`: the level is there.
        guard let kernels = unsafe ck_kernels_at(instructionSet.level) else { preconditionFailure("no such kernels") }
        return unsafe kernels
    }
}
