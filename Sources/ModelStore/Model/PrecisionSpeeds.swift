// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import Processor
internal import SystemPackage
package import TensorMath

/// How long a model's pass takes in each precision on one machine: kept beside the packed weights, measured where it is missing.
package struct PrecisionSpeeds: Codable, Equatable, Sendable {
    /// Everything that a pass's time depends on, but for what else the machine does.
    package struct Machine: Codable, Equatable, Sendable {
        package var processor: String
        package var instructionSet: String
        package var threads: Int

        package init(processor: String, instructionSet: String, threads: Int) {
            self.processor = processor
            self.instructionSet = instructionSet
            self.threads = threads
        }

        package init(_ engine: ComputeEngine) {
            self.init(
                processor: Self.processorName, instructionSet: engine.instructionSet.rawValue,
                threads: engine.team.threadCount)
        }

        /// Vendor, family, model and stepping: a virtual machine's name for its processor may hide which one it is.
        private static let processorName: String = {
            do throws(SystemFailure) {
                let bytes = try Descriptor.open("/proc/cpuinfo", O_RDONLY).read(upTo: 4096)
                return name(ofProcessorIn: String(decoding: bytes, as: UTF8.self))
            } catch {
                return "unknown"
            }
        }()

        /// - Parameter text: of /proc/cpuinfo (man 5 proc).
        static func name(ofProcessorIn text: String) -> String {
            let keys = ["vendor_id", "cpu family", "model", "stepping", "CPU implementer", "CPU part", "model name"]
            let first = text.split(separator: "\n\n", maxSplits: 1).first ?? ""
            var found: [String: String] = [:]
            for line in first.split(separator: "\n") {
                let words = line.split(separator: ":", maxSplits: 1).map { part in
                    part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }
                if words.count == 2 { found[words[0]] = words[1] }
            }
            let values = keys.compactMap { found[$0] }
            return values.isEmpty ? "unknown" : values.joined(separator: " ")
        }
    }

    package var schema = "fundusd.precision-speeds/1"
    package var machine: Machine
    /// Of the pictures, as the network takes them.
    package var height: Int
    package var width: Int
    /// The shortest pass that was seen, by precision; a shared machine only ever adds to it.
    package var milliseconds: [String: Double]

    package init(machine: Machine, height: Int, width: Int, milliseconds: [Precision: Double]) {
        self.machine = machine
        self.height = height
        self.width = width
        self.milliseconds = Dictionary(uniqueKeysWithValues: milliseconds.map { ($0.key.rawValue, $0.value) })
    }

    package subscript(_ precision: Precision) -> Double? { milliseconds[precision.rawValue] }

    static let fileName = "packed-speeds.json"
}

extension ModelFolder {
    /// What was kept for this machine and this size of picture; nil where there is none, or it lacks one of the precisions.
    func keptSpeeds(of precisions: [Precision], _ like: PrecisionSpeeds) -> PrecisionSpeeds? {
        do {
            guard let bytes = try attachment(PrecisionSpeeds.fileName) else { return nil }
            let kept = try JSONDecoder().decode(PrecisionSpeeds.self, from: Data(bytes))
            var expected = like
            expected.milliseconds = kept.milliseconds
            return kept == expected && precisions.allSatisfy { kept[$0] != nil } ? kept : nil
        } catch {
            return nil
        }
    }

    /// Keeps what was measured for the next start; where that can't be done, each start measures anew.
    func keep(_ speeds: PrecisionSpeeds) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            try AtomicFile.write(Array(encoder.encode(speeds)), to: path.appending(PrecisionSpeeds.fileName))
        } catch {
            return
        }
    }

    /// Passes of each precision in turn, so that whatever else the machine does meets all of them.
    ///
    /// One that fails its self-test here is left out: it is not what was shown to keep the verdicts.
    func measuredSpeeds(
        of precisions: [Precision], on engine: ComputeEngine, like: PrecisionSpeeds
    ) throws(ModelFailure) -> PrecisionSpeeds {
        var models: [LoadedModel] = []
        for precision in precisions {
            let choice = PrecisionChoice(precision, because: "it is measured")
            do throws(ModelFailure) {
                models.append(try LoadedModel(self, choice, engine: engine))
            } catch  where error.code == .selfTest && precision != .float32 {
                continue
            }
        }
        let clock = ContinuousClock()
        var speeds = like
        for round in 0...Self.measuringRounds {
            for model in models {
                let input = [Float](repeating: 0.5, count: model.inputCount)
                let time = clock.measure { _ = model.logits(of: input) }
                guard round > 0 else { continue }
                let best = min(speeds[model.precision] ?? .infinity, time / .milliseconds(1))
                speeds.milliseconds[model.precision.rawValue] = best
            }
        }
        return speeds
    }

    /// After one that warms the caches.
    private static let measuringRounds = 5
}
