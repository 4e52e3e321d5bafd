// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import LinuxIO
internal import Logging
internal import Screening
internal import Settings
internal import Supervision

/// Looks once a day whether the week's images still look like those that the model was measured on.
struct DriftService: Service {
    let modelInService: ModelInService
    let settings: Settings
    let logger: Logger

    func run(until stop: StopNotice) async throws {
        await stop.canceling {
            var lastTold: [String: ContinuousClock.Instant] = [:]
            while !Task.isCancelled {
                lastTold = await onOwnThread(named: "drift") { [lastTold] in look(lastTold) }
                try? await Task.sleep(for: .seconds(86_400))
            }
        }
    }

    /// Tells each finding once a week: what is known need not be read each morning.
    private func look(_ toldBefore: [String: ContinuousClock.Instant]) -> [String: ContinuousClock.Instant] {
        let model = modelInService.id
        var lastTold = toldBefore
        do {
            guard let drift = try settings.weeklyDrift(by: model, until: Date()) else { return lastTold }
            for (kind, warning) in drift.findings {
                if let told = lastTold[kind.rawValue], .now - told < .seconds(6.5 * 86_400) { continue }
                lastTold[kind.rawValue] = .now
                logger.record(
                    .drift, "\(warning) The people, the camera or its settings may have changed.",
                    [.model: .string(model), .reason: .string(kind.rawValue)])
            }
        } catch {
            logger.warning("The week's figures can't be read: \(error)")
        }
        return lastTold
    }
}
