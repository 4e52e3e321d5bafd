// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import FoundationEssentials
internal import FundusImage
internal import Ledger
internal import LinuxIO
internal import ModelStore
internal import Settings
internal import SystemPackage
internal import Verdict

/// What fuzzing begins with: small, whole, of each kind that the readers know. Drawn anew each time.
extension FuzzTarget {
    /// - Returns: nothing for `pth`, `dicom` and `record`: the tests' golden files, which PyTorch and pydicom wrote, and the shipped
    ///   model's are their corpora.
    func seeds() throws -> [[UInt8]] {
        switch self {
        case .jpeg: Self.pictures
        case .png: Self.pngs
        case .pth, .dicom: []
        case .safetensors: try Self.tensorFiles()
        case .inotify: [Self.events]
        case .configuration: [Array(SettingKey.sampleFile().utf8), Self.settings]
        case .groups: [Array("path,group,source\ndisease/a.jpg,p1,odir\n\"normal/b,\"\"c\"\".jpg\",p2,\n".utf8)]
        case .record: []
        case .decision: [Self.gateDecision]
        case .ledger: [try Self.ledger()]
        }
    }

    private static var pictures: [[UInt8]] {
        let eyes = [32, 64, 96].map { SyntheticEye(seed: 1, width: $0, height: $0).jpeg() }
        let others = [SyntheticPictures.tooDark(), SyntheticPictures.noise()].map { SyntheticPictures.encode($0) }
        return eyes + others + [
            SyntheticPictures.truncated(), SyntheticPictures.onePixel(), SyntheticPictures.png(),
            SyntheticPictures.promising(width: 60_000, height: 60_000), JPEGComment.adding("a comment", to: eyes[0]),
        ]
    }

    /// The tests' golden files are the corpus too.
    private static var pngs: [[UInt8]] {
        let comment = (name: "tEXt", content: Array("Comment\0a comment".utf8))
        let eye = SyntheticEye(seed: 1, width: 48, height: 48).picture
        return [
            SyntheticPNG.encode(eye), SyntheticPNG.encode(eye, chunks: [comment]), SyntheticPictures.png(),
            SyntheticPNG.promising(width: 60_000, height: 60_000, isInterlaced: true),
        ]
    }

    private static func tensorFiles() throws -> [[UInt8]] {
        try [ElementType.f32, .f16, .bf16].map { type in
            try SafetensorsWriter.bytes(
                [
                    .init(name: "conv1.weight", shape: [2, 3], type: type, values: [1, 2, 3, 4, 5, 6]),
                    .init(name: "fc.bias", shape: [1], type: type, values: [0.5]),
                ], metadata: ["format": "pt"], path: "seed")
        }
    }

    /// Made, written, closed; renamed; an overflow.
    private static var events: [UInt8] {
        let name = Array("eye.jpg".utf8) + [UInt8](repeating: 0, count: 9)
        let kinds: [(mask: UInt32, cookie: UInt32)] = [(0x100, 0), (0x2, 0), (0x8, 0), (0x40, 7), (0x80, 7)]
        let records = kinds.flatMap { words([1, $0.mask, $0.cookie, 16]) + name }
        return records + words([.max, 0x4000, 0, 0])
    }

    private static func words(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private static let gateDecision = Array(
        """
        {"schema": "fundusd.decision/1", "passed": false, "summary": "no", "conditions": [], "rules": {},
        "holdout": {"images": 2, "disease": 1, "normal": 1, "groups": 2}}
        """.utf8)

    /// Of three images: one judged, one in hand, one waiting.
    private static func ledger() throws -> [UInt8] {
        let folder = TemporaryFolder()
        let ledger = try Ledger(at: folder.path.appending("ledger.sqlite"))
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        for (number, name) in ["a.jpg", "b.jpg", "c.jpg"].enumerated() {
            let content = ImageContent(
                sha256: String(repeating: "\(number)", count: 64), byteCount: number, bytes: [UInt8(number)])
            _ = try ledger.claim(ImageName(FilePath(name)), content, receivedAt: time, now: time)
        }
        try ledger.recordWait(ImageName("c.jpg"), fault: "disk full", attempts: 1, next: time, now: time)
        let copy = folder.path.appending("copy.sqlite")
        try LedgerReader(at: folder.path.appending("ledger.sqlite")).copy(to: copy)
        return try Folder(folder.path).openFile("copy.sqlite").read(upTo: 1 << 20)
    }

    private static let settings = Array(
        """
        inbox: /srv/fundusd/inbox
        target-sensitivity: 0.95
        max-bytes: 64MiB
        retrain:
          epochs: 6
          learning-rate: 1e-4
          seed: 18446744073709551615
        """.utf8)
}
