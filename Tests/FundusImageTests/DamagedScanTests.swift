// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing

@testable import FundusImage

/// Damage within the coded data, where libjpeg would go on with invented samples; and oddities that no sample depends on.
@Suite struct DamagedScanTests {
    enum Coding: CaseIterable { case baseline, restarts, progressive }
    enum Damage: CaseIterable { case foreignInPlace, foreignInserted, zeroed, lost, doubled }

    private static let limit = 1_000_000

    /// A drawn eye of 384 pixels, coded as asked.
    private static func eye(_ seed: UInt64, _ coding: Coding) -> [UInt8] {
        let picture = SyntheticEye(seed: seed, width: 384, height: 384).picture
        return SyntheticPictures.encode(
            picture, quality: 92, isProgressive: coding == .progressive, restartRows: coding == .restarts ? 1 : 0)
    }

    /// The coded data of the first scan, well behind its header and before the file's end.
    private static func scan(of jpeg: [UInt8]) -> Range<Int> {
        let start = jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA }!
        return start + 64..<jpeg.count - 64
    }

    private static func damaged(
        _ jpeg: [UInt8], _ damage: Damage, _ generator: inout SeededGenerator
    ) -> [UInt8] {
        let scan = scan(of: jpeg)
        let count = Int.random(in: 64...min(4096, scan.count / 4), using: &generator)
        let place = Int.random(in: scan.lowerBound..<scan.upperBound - count, using: &generator)
        let other = eye(99, .baseline)
        let from = Int.random(in: Self.scan(of: other).lowerBound..<other.count - count - 2, using: &generator)
        let foreign = Array(other[from..<from + count])
        let (before, part, after) = (jpeg[..<place], jpeg[place..<place + count], jpeg[(place + count)...])
        return switch damage {
        case .foreignInPlace: Array(before) + foreign + Array(after)
        case .foreignInserted: Array(before) + foreign + Array(part) + Array(after)
        case .zeroed: Array(before) + [UInt8](repeating: 0, count: count) + Array(after)
        case .lost: Array(before) + Array(after)
        case .doubled: Array(before) + Array(part) + Array(part) + Array(after)
        }
    }

    /// Whether somebody would see it: blocks that are off by more than recoding makes them.
    private static func differVisibly(_ one: RGBPicture, _ other: RGBPicture) -> Bool {
        zip(one.pixels, other.pixels).count { abs(Int($0) - Int($1)) > 24 } > 64
    }

    /// As `JPEGDecoder` refuses it; nil where it gives the picture out.
    private static func refusal(of bytes: [UInt8]) -> DecodeFailure? {
        do throws(DecodeFailure) {
            _ = try JPEGDecoder.decode(bytes, maximumPixels: limit)
            return nil
        } catch {
            return error
        }
    }

    /// The places of a file's scans: from a start-of-scan marker to the next marker that is none of a restart.
    private static func scans(of jpeg: [UInt8]) -> [Range<Int>] {
        let markers = jpeg.indices.dropLast().filter {
            jpeg[$0] == 0xFF && jpeg[$0 + 1] != 0 && !(0xD0...0xD7 ~= jpeg[$0 + 1])
        }
        return zip(markers, markers.dropFirst()).filter { jpeg[$0.0 + 1] == 0xDA }.map { $0..<$1 }
    }

    /// As blocks come out behind foreign bytes that happen to code as many: all too dark, or too bright.
    @Test(arguments: [
        SyntheticPictures.solid(red: 0, green: 0, blue: 0), SyntheticPictures.solid(red: 255, green: 255, blue: 255),
    ])
    func `a block darker than black or brighter than white is damage`(picture: RGBPicture) throws {
        var jpeg = SyntheticPictures.encode(picture)
        let table = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDB })
        #expect(Self.refusal(of: jpeg) == nil)
        // The first coefficient's step of quantization, behind marker, length and number: -1024 becomes -2048.
        jpeg[table + 5] *= 2
        #expect(Self.refusal(of: jpeg) == .corrupt("a block darker than black or brighter than white"))
    }

    /// The header promises three components, each with a scan of its own; only the first has come.
    @Test func `a picture whose colors never come is damaged`() throws {
        let picture = SyntheticEye(seed: 1, width: 384, height: 384).picture
        let gray = try JPEGEncoder.encode(picture, quality: 92, colors: .gray)
        let frame = try #require(gray.indices.dropLast().first { gray[$0] == 0xFF && gray[$0 + 1] == 0xC0 })
        // Marker, length, precision and the two sides; then components: number, sampling, table of quantization (T.81, B.2.2).
        let components: [UInt8] = [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
        let jpeg =
            gray[..<(frame + 2)] + [0, 17] + gray[(frame + 4)..<(frame + 9)] + components + gray[(frame + 13)...]
        #expect(Self.refusal(of: gray) == nil)
        #expect(Self.refusal(of: Array(jpeg)) == .corrupt("a scan is missing"))
    }

    @Test(arguments: [Coding.baseline, .restarts])
    func `zeros in the place of the rest of the coded data are damage, not padding`(coding: Coding) {
        let jpeg = Self.eye(1, coding)
        let scan = Self.scan(of: jpeg)
        for place in stride(from: scan.lowerBound, to: scan.upperBound - 2048, by: scan.count / 16) {
            let filled = jpeg[..<place] + [UInt8](repeating: 0, count: 100_000) + jpeg.suffix(2)
            #expect(Self.refusal(of: Array(filled)) != nil, "from \(place) on")
        }
    }

    /// Scans for a block's first coefficient may hold zeros, one bit a block: they are left out.
    @Test func `zeros within a scan of a progressive picture are damage`() {
        let jpeg = Self.eye(1, .progressive)
        let scans = Self.scans(of: jpeg).filter {
            jpeg[$0.lowerBound + 5 + 2 * Int(jpeg[$0.lowerBound + 4])] > 0 && $0.count > 300
        }
        #expect(scans.count == 8)
        for scan in scans {
            for place in stride(from: scan.lowerBound + 32, to: scan.upperBound - 64, by: scan.count / 8) {
                let filled = jpeg[..<place] + [UInt8](repeating: 0, count: 64) + jpeg[(place + 64)...]
                #expect(Self.refusal(of: Array(filled)) != nil, "from \(place) on")
            }
        }
    }

    @Test func `a progressive picture without one of its scans is damaged`() {
        let jpeg = Self.eye(1, .progressive)
        let scans = Self.scans(of: jpeg)
        #expect(scans.count == 10)
        for (number, scan) in scans.enumerated() {
            #expect(
                Self.refusal(of: Array(jpeg[..<scan.lowerBound] + jpeg[scan.upperBound...])) != nil, "scan \(number)")
        }
    }

    @Test(arguments: Coding.allCases, Damage.allCases)
    func `no picture with visible damage is given out`(coding: Coding, damage: Damage) throws {
        var generator = SeededGenerator(seed: 7)
        var (refused, unseen, seen) = (0, 0, 0)
        for seed in 0..<27 as Range<UInt64> {
            let jpeg = Self.eye(seed % 9, coding)
            let whole = try JPEGDecoder.decode(jpeg, maximumPixels: Self.limit).picture
            do throws(DecodeFailure) {
                let bytes = Self.damaged(jpeg, damage, &generator)
                let picture = try JPEGDecoder.decode(bytes, maximumPixels: Self.limit).picture
                if Self.differVisibly(picture, whole) { seen += 1 } else { unseen += 1 }
            } catch {
                refused += 1
                #expect(error.code == "corrupt" || error.code == "truncated" || error.code == "unsupported-jpeg")
            }
        }
        print("\(coding) \(damage): \(refused) refused, \(unseen) as before, \(seen) given out with visible damage")
        // Foreign data in a progressive scan for faint detail may code just as many blocks, none of which is impossible: one of
        // 405, which is off by more than 24 in 30 pixels along the field's rim, and by 45 at most.
        #expect(seen <= (coding == .progressive && damage == .foreignInPlace ? 1 : 0))
    }

    /// What writers really do: padding before a marker, filling bytes, trailers, comments, odd counts of restart rows.
    @Test(arguments: Coding.allCases) func `whole but odd pictures are given out unchanged`(coding: Coding) throws {
        for seed in 0..<9 as Range<UInt64> {
            let jpeg = Self.eye(seed, coding)
            let whole = try JPEGDecoder.decode(jpeg, maximumPixels: Self.limit).picture
            let (body, end) = (Array(jpeg.dropLast(2)), Array(jpeg.suffix(2)))
            let odd: [[UInt8]] = [
                body + [0, 0, 0, 0, 0, 0, 0, 0, 0] + end, body + [UInt8](repeating: 0, count: 5000) + end,
                body + [UInt8](repeating: 0xFF, count: 33) + end, body + [0x5A] + end,
                jpeg + [UInt8](repeating: 0, count: 4096), jpeg + Array("trailer of a camera".utf8), jpeg + jpeg,
                JPEGComment.adding(String(repeating: "x", count: 3000), to: jpeg),
            ]
            for (number, bytes) in odd.enumerated() {
                do throws(DecodeFailure) {
                    #expect(try JPEGDecoder.decode(bytes, maximumPixels: Self.limit).picture == whole, "\(number)")
                } catch {
                    Issue.record("\(coding), oddity \(number): \(error)")
                }
            }
        }
    }

    /// What becomes of a small drawn input that went wrong in the field; they lie beside a checkout.
    enum Answer: Sendable, Equatable {
        case rejected(String)
        case judged(remarks: [String])
    }

    @Test(
        arguments: [
            ("drawn-eye", .judged(remarks: [])), ("exif-orientation-6", .judged(remarks: [])),
            ("mark-outside-the-field", .judged(remarks: ["writing-outside-field"])),
            ("gray-mark-outside-the-field", .judged(remarks: ["writing-outside-field"])),
            ("sequential-scan-with-spectral-end-0", .judged(remarks: [])),
            ("invalid-huffman-code", .rejected("corrupt")), ("invalid-huffman-code-2", .rejected("corrupt")),
            ("foreign-512-bytes-inside", .rejected("corrupt")), ("header-height-too-small", .rejected("corrupt")),
        ] as [(String, Answer)], PictureGeometry.allCases)
    func `cases from the field`(input: (name: String, answer: Answer), geometry: PictureGeometry) throws {
        let path = PackageRoot.path.removingLastComponent().pushing("shared/cases").appending("\(input.name).jpg")
        let bytes = RealData.bytes(of: path)
        if bytes.isEmpty { return print("Skipped: \(path) is not there.") }
        do throws(DecodeFailure) {
            let image = try JPEGDecoder.decode(
                bytes, as: Preprocessing(geometry, side: 224), maximumPixels: Self.limit)
            let grade = QualityGrader.grade(image)
            #expect(grade.gradable && input.answer == .judged(remarks: grade.findings.map(\.code)))
        } catch {
            #expect(input.answer == .rejected(error.code))
        }
    }
}
