// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Fixtures
internal import FoundationEssentials
internal import FundusImage
internal import Intake
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Screening
internal import Settings
internal import SystemPackage
internal import Verdict
internal import WrittenText

/// What reads bytes that somebody else wrote. Each may refuse them as it likes; none may crash, hang, or take much memory.
enum FuzzTarget: String, CaseIterable {
    /// A photograph, from its bytes to the verdict's document.
    case jpeg
    /// A picture of a labelled folder, as it is and with its checksums corrected.
    case png
    /// What `torch.save` wrote.
    case pth
    case safetensors
    case dicom
    /// What the kernel tells of a folder.
    case inotify
    /// The configuration file.
    case configuration
    /// The table of who is one person.
    case groups
    /// What lies beside a model's weights: `model.json`, and what the promotion gate decided.
    case record, decision
    /// A ledger, as an older version or a failing disk left it.
    case ledger

    func read(_ bytes: [UInt8]) {
        switch self {
        case .jpeg: Self.judge(bytes)
        case .png: Self.decode(bytes)
        case .pth: Self.readCheckpoint(bytes)
        case .safetensors: Self.readSafetensors(bytes)
        case .dicom: _ = try? DICOMFile(bytes)
        case .inotify: Self.readEvents(bytes)
        case .configuration: Self.configure(bytes)
        case .groups: Self.readGroups(bytes)
        case .record: Self.readRecord(bytes)
        case .decision: _ = try? JSONDecoder().decode(GateDecision.self, from: Data(bytes))
        case .ledger: Self.readLedger(bytes)
        }
    }

    /// One for each way to see a photograph.
    private static let judges = PictureGeometry.allCases.map { geometry in
        Judge(
            model: BlindModel(geometry), operatingPoint: OperatingPoint(value: 0.5, source: .model),
            maximumPixels: 1 << 20, maximumBytes: 1 << 20, fidelity: .full, drawsHeatmaps: true)
    }

    private static func judge(_ bytes: [UInt8]) {
        for judge in judges { Self.judge(bytes, by: judge) }
    }

    private static func judge(_ bytes: [UInt8], by judge: Judge) {
        let content = ImageContent(sha256: "00", byteCount: bytes.count, bytes: bytes)
        do {
            let judgement = try judge.judge(content)
            let verdict = Verdict(
                of: content, named: ImageName("a.jpg"), judgement, by: judge, receivedAt: Date(), startedAt: Date(),
                completedAt: Date())
            let document = try verdict.document()
            // Whatever was found in the picture can be read back.
            let readBack = try Verdict(document: document).outcome
            precondition(readBack == judgement.outcome, "the document says the same")
        } catch {
            // Faults of the machine; bad pictures are verdicts.
            precondition(error is JudgingFault, "\(error)")
        }
    }

    /// libpng looks at a chunk's content only if its checksum is right, which no fuzzer finds out.
    private static func decode(_ bytes: [UInt8]) {
        let photographs = PhotographDecoder(.jpegAndPNG, maximumPixels: 1 << 20)
        for bytes in [bytes, SyntheticPNG.withRightChecksums(bytes)] {
            guard FileKind(bytes) == .png else { return }
            for geometry in PictureGeometry.allCases {
                do throws(DecodeFailure) {
                    let image = try photographs.decode(bytes, as: Preprocessing(geometry, side: 32))
                    precondition(image.picture.pixels.count == 3 * 32 * 32, "a picture has the network's size")
                } catch {
                    precondition(!error.isMachineFault, "\(error.message)")
                }
            }
        }
    }

    private static func readCheckpoint(_ bytes: [UInt8]) {
        _ = try? WeightArchive(ByteSource(bytes, path: "fuzz.pth")).layout()
        guard let checkpoint = try? PyTorchCheckpoint(ByteSource(bytes, path: "fuzz.pth")) else { return }
        for (name, shape) in checkpoint.shapes {
            guard let values = try? checkpoint.floats(name) else { continue }
            precondition(values.count == shape.reduce(1, *), "as many values as the shape says")
        }
    }

    private static func readSafetensors(_ bytes: [UInt8]) {
        _ = try? WeightArchive(ByteSource(bytes, path: "fuzz.safetensors")).layout()
        guard let file = try? SafetensorsFile(ByteSource(bytes, path: "fuzz.safetensors")) else { return }
        for (name, tensor) in file.tensors {
            guard let values = try? file.floats(name) else { continue }
            precondition(values.count == tensor.shape.reduce(1, *), "as many values as the shape says")
        }
    }

    private static func readEvents(_ bytes: [UInt8]) {
        var arrivals = Arrivals(settlingTime: .seconds(1))
        for event in InotifyEvent.parse(bytes) {
            guard let name = event.name else { continue }
            let image = ImageName(FilePath(root: nil, components: name))
            _ = (image.description, image.isSkipped, image.promisesJPEG)
            _ = arrivals.apply(event, to: image, at: .now)
        }
        _ = arrivals.due(at: .now + .seconds(2))
    }

    private static func readGroups(_ bytes: [UInt8]) {
        guard let table = try? CommaSeparatedTable(parsing: bytes) else { return }
        _ = (table.place(of: "path"), table.place(of: "group", "group_id"))
        precondition(table.rows.allSatisfy { $0.count == table.columns.count }, "each row has a field for each column")
    }

    private static func readRecord(_ bytes: [UInt8]) {
        guard let record = try? ModelRecord.parse(bytes, path: "model.json") else { return }
        guard let again = try? ModelRecord.parse(record.json(), path: "model.json") else {
            preconditionFailure("what was read is written so that it can be read")
        }
        precondition(again.id == record.id, "the record says the same")
    }

    /// Opened as the daemon opens it, then looked through as `status`, `explain` and `audit verify` do.
    private static func readLedger(_ bytes: [UInt8]) {
        let path = folder.path.appending("ledger.sqlite")
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path.string + ending) }
        guard FileManager.default.createFile(atPath: path.string, contents: Data(bytes)) else {
            preconditionFailure("\(path) can't be written")
        }
        guard let ledger = try? Ledger(at: path), let reader = try? LedgerReader(at: path) else { return }
        _ = try? ledger.accountForInterruption(suspect: String(repeating: "0", count: 64), now: Date())
        _ = try? (ledger.knownFiles(), ledger.namesToBePublished(), ledger.clearings(), ledger.suspects())
        _ = try? (reader.counts(), reader.last(), reader.waits(), reader.setAside(), reader.faults())
        _ = try? (ledger.reviewed(), ledger.standingLabels(), reader.reviewCounts(), reader.disagreements())
        _ = try? (reader.reviewProgress(), reader.reasonsOfLabelled())
        _ = try? AuditFindings(reader, Outbox(root: folder.path))
    }

    private static let folder = TemporaryFolder()

    private static func configure(_ bytes: [UInt8]) {
        let path = folder.path.appending("config.yaml")
        guard FileManager.default.createFile(atPath: path.string, contents: Data(bytes)) else {
            preconditionFailure("\(path) can't be written")
        }
        do throws(SettingsFaults) {
            _ = try Settings.resolve(file: path, environment: [:])
        } catch {
            precondition(!error.description.isEmpty, "a fault is told")
        }
    }
}

/// Says the same of each eye: what is fuzzed is the way to the network and from it.
private struct BlindModel: EyeModel {
    let identity = ModelIdentity(id: "20260101-abcdef", sha256: String(repeating: "0", count: 64), trainedAt: nil)
    let preprocessing: Preprocessing

    init(_ geometry: PictureGeometry) {
        preprocessing = Preprocessing(
            name: "small", geometry: geometry, width: 32, height: 32, mean: [0, 0, 0], deviation: [1, 1, 1])
    }

    let gradabilityThreshold: Double? = nil

    func assessment(of tensor: [Float]) throws -> EyeAssessment {
        precondition(tensor.allSatisfy(\.isFinite), "a picture's values are numbers")
        return EyeAssessment(probabilityOfDisease: 0.25)
    }

    func diseaseMap(of tensor: [Float]) throws -> (assessment: EyeAssessment, map: DiseaseMap) {
        (
            try assessment(of: tensor),
            DiseaseMap(width: 1, height: 1, logits: [1], inputWidth: 32, inputHeight: 32, pixelsPerPlace: 32)
        )
    }
}
