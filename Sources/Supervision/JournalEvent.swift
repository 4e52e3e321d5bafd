// SPDX-License-Identifier: Apache-2.0
package import Logging

/// What the journal tells of, each kind with an identity that outlives its wording (man 7 systemd.journal-fields).
///
/// `systemd/fundusd.catalog` explains each to whoever runs `journalctl --catalog`.
package enum JournalEvent: String, CaseIterable, Sendable {
    case started = "1573b9c5ce644ca78f7d047411e44f63"
    case ready = "593b2e685bdf4c88a2c301f897c0aaf6"
    case verdict = "fdbb0384566b43e589be1776bdbe5a39"
    case rejected = "3dc40248ec684fe0bf572e6791ee7a9a"
    case waiting = "6a1cbe3be2c843cca26d110fe61f1a4e"
    case setAside = "5e0c9b7d21f34a6c8d4e7b1a90c3f682"
    case writingSeen = "8e6320314dd0441f8d45ecf24a4dc3bd"
    case overflowRescan = "f497ce2f3c2e4809a7b2a7f9e05d6cf7"
    case modelSwapped = "7b7fdda54e4e4f158bd21dfd63938e3a"
    case modelRefused = "22acba42efc14118972d18d0ae8ba349"
    case retrainingStarted = "b6cbdde90a714905a4b7dec12a44e619"
    case retrainingFinished = "71124272774c437b9379b722b8889f52"
    case retrainingRefused = "23a89ad11f304ee3a6acee3c84feeb80"
    case drift = "3f1d5a0c7e2b4c8f9a6d0b1e4c7f2a95"
    case outboxAbilities = "8d3f6a1c52e94b07a6c41d9e2b70f835"
    case unsteady = "c17b0e94d8a3462fb5960e3af2d41c68"
    case labelGiven = "2f6c1d0b94e84a7fb3d5c8a17e960d42"
    case labelWithdrawn = "91b47ce3d8f54e06a2c9f01d6b73e85a"
    case sensitivityFloor = "d4a8f3e157b24c90856e1f7bca3920d6"
    case fault = "b44234d4c44446f580a9d571963c0168"
    case stopping = "c0bf06991a274e838fa5253273b2cfee"
    case configurationReloaded = "da9995b301c946f183077fb775d4d557"

    /// The 128 bits in the 32 hexadecimal digits that journald wants.
    package var messageID: String { rawValue }

    /// How loud the event is.
    package var level: Logger.Level {
        switch self {
        case .started: .info
        case .ready, .verdict, .rejected, .modelSwapped, .stopping, .configurationReloaded, .outboxAbilities: .notice
        case .retrainingStarted, .retrainingFinished, .retrainingRefused, .labelGiven, .labelWithdrawn: .notice
        case .waiting, .writingSeen, .overflowRescan, .drift, .unsteady, .sensitivityFloor: .warning
        case .fault, .modelRefused, .setAside: .error
        }
    }
}

/// The journal's fields of our own, as `docs/journal.md` lists them.
package enum JournalFieldName: String, CaseIterable, Sendable {
    case image = "FUNDUSD_IMAGE"
    case sha256 = "FUNDUSD_SHA256"
    case outcome = "FUNDUSD_OUTCOME"
    case probability = "FUNDUSD_PROBABILITY"
    case model = "FUNDUSD_MODEL"
    case durationMilliseconds = "FUNDUSD_DURATION_MS"
    case reason = "FUNDUSD_REASON"
}

extension Logger {
    /// Logs the event at its own level, with its MESSAGE_ID and the given fields.
    package func record(
        _ event: JournalEvent, _ message: Logger.Message, _ fields: [JournalFieldName: Logger.MetadataValue] = [:]
    ) {
        var metadata: Logger.Metadata = ["MESSAGE_ID": .string(event.messageID)]
        for (name, value) in fields { metadata[name.rawValue] = value }
        log(level: event.level, message, metadata: metadata)
    }
}
