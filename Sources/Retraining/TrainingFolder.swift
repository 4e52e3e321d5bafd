// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import SystemPackage
internal import Training

/// The folder beside a model-to-be in which a training keeps its checkpoint and its pictures; one process at a time.
final class TrainingFolder {
    let path: FilePath
    private let lock: FolderLock

    var checkpointPath: FilePath { path.appending(TrainingCheckpoint.fileName) }

    /// The folder beside a model that is to be made.
    ///
    /// - Throws: a `Refusal` where the model is there already, another process trains it, or an unfinished training is there
    ///   and nobody asked to go on with it.
    convenience init(output: FilePath, isResuming: Bool) throws {
        guard try !Self.isThere(output) else {
            throw Refusal(.cannotCreate, "\(output) is there already; name another --output")
        }
        var folder = output
        guard let name = folder.components.popLast() else {
            throw Refusal(.cannotCreate, "\(output) can't be a model's folder; name another --output")
        }
        folder.append("\(name.string).training")
        try self.init(folder)
        if try !isResuming && Self.isThere(checkpointPath) {
            throw Refusal(
                .cannotCreate,
                "\(folder) holds an unfinished training: --resume goes on with it; remove that folder to begin anew")
        }
    }

    /// - Throws: a `Refusal` where another process trains there.
    init(_ path: FilePath) throws {
        self.path = path
        lock = try Self.lock(path)
    }

    /// On the folder itself: a file could be removed while its lock is held, and another of its name be locked as well.
    private static func lock(_ folder: FilePath) throws -> FolderLock {
        do throws(SystemFailure) {
            try AtomicFile.makeFolder(folder)
            if let lock = try FolderLock.acquire(at: folder) {
                try AtomicFile.removeUnfinished(in: folder)
                return lock
            }
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
        throw Refusal(.tryAgain, "another process trains in \(folder); wait for it, or stop it")
    }

    /// Whether anything has this name, a link that leads nowhere included.
    private static func isThere(_ path: FilePath) throws -> Bool {
        do throws(SystemFailure) {
            return try FileStatus.ofEntry(path) != nil
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
    }

    /// The checkpoint to go on from, or the first state.
    ///
    /// - Throws: a `Refusal` where the checkpoint is of another training.
    func start(_ origin: TrainingCheckpoint.Origin, _ base: ResNet50Parameters) throws -> TrainingCheckpoint {
        guard let kept = try checkpoint() else { return Self.first(origin, base) }
        guard kept.origin == origin else {
            throw Refusal(
                .configuration,
                """
                \(checkpointPath) belongs to another training: \(origin.difference(from: kept.origin)). Go on with what \
                it began with, or remove \(path) to begin anew
                """)
        }
        return kept
    }

    /// The same, but a checkpoint of another training, or a damaged one, is of no use and no hindrance.
    ///
    /// - Parameter tell: hears why a checkpoint is not gone on with.
    /// - Throws: a `Refusal` where the machine could not read it: nights of work must not be thrown away for that.
    func startOrBeginAnew(
        _ origin: TrainingCheckpoint.Origin, _ base: ResNet50Parameters, tell: (String) -> Void
    ) throws -> TrainingCheckpoint {
        do {
            return try start(origin, base)
        } catch let refusal as Refusal where refusal.status != .inputOutput {
            tell("The last training is begun anew: \(refusal.message).")
            return Self.first(origin, base)
        }
    }

    private static func first(_ origin: TrainingCheckpoint.Origin, _ base: ResNet50Parameters) -> TrainingCheckpoint {
        TrainingCheckpoint(
            origin: origin, state: TrainingState(parameters: base), history: TrainingHistory(epochs: []), best: nil)
    }

    private func checkpoint() throws -> TrainingCheckpoint? {
        do throws(ModelFailure) {
            return try TrainingCheckpoint(at: checkpointPath)
        } catch {
            throw Refusal(error.exitStatus, error.description)
        }
    }

    /// Removes the folder: the model is there.
    func clear() {
        try? AtomicFile.remove(checkpointPath)
        AtomicFile.removeIfEmpty(path)
    }
}

extension TrainingCheckpoint.Origin {
    /// What a person would have to put back.
    fileprivate func difference(from kept: TrainingCheckpoint.Origin) -> String {
        var differences: [String] = []
        if recipe != kept.recipe { differences.append("the recipe was \(kept.recipe)") }
        if seed != kept.seed { differences.append("the seed was \(kept.seed)") }
        if images != kept.images { differences.append("the labelled images, or how they are divided, have changed") }
        if validationFraction != kept.validationFraction {
            differences.append("the validation share was \(kept.validationFraction)")
        }
        if base != kept.base || madeNew != kept.madeNew { differences.append("the base was \(kept.base)") }
        if instructionSet != kept.instructionSet {
            differences.append("it ran on \(kept.instructionSet), this machine computes with \(instructionSet)")
        }
        return differences.joined(separator: "; ")
    }
}
