// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO

/// From a file's bytes to the picture that a network sees: decoded, graded, at the network's size. Needs no network.
package struct PictureExaminer: Sendable {
    package let preprocessing: Preprocessing
    /// A larger picture is rejected by its header.
    package let maximumPixels: Int
    /// A larger file is rejected.
    private let maximumBytes: Int
    private let fidelity: DecodeFidelity
    private let photographs: PhotographDecoder
    /// For coefficients; shared by all who examine.
    private let memory: MemoryAllowance

    /// - Parameter formats: what else is rejected.
    package init(
        for preprocessing: Preprocessing, maximumPixels: Int, maximumBytes: Int, fidelity: DecodeFidelity,
        accepting formats: PhotographFormats = .jpeg
    ) {
        self.preprocessing = preprocessing
        self.maximumPixels = maximumPixels
        self.maximumBytes = maximumBytes
        self.fidelity = fidelity
        photographs = PhotographDecoder(formats, maximumPixels: maximumPixels)
        memory = MemoryAllowance(bytes: JPEGDecoder.mostCoefficientBytes(maximumPixels: maximumPixels))
    }

    /// An image at the network's size, and whether it may be judged.
    package struct Examined: Sendable {
        package let image: DecodedImage
        package let quality: QualityGrade
        package let decodeMilliseconds: Double
    }

    /// What an image's file was found to be, before the network has seen it.
    package enum Examination: Sendable {
        case rejected(Verdict.Reason)
        case decoded(Examined)
    }

    /// Decodes and grades an image.
    ///
    /// - Parameter progress: called as the work advances, so that a watchdog can tell long from stuck.
    package func examine(_ content: ImageContent, progress: () -> Void = {}) throws(JudgingFault) -> Examination {
        guard let bytes = content.bytes else { return .rejected(tooLarge(content.byteCount)) }
        let clock = ContinuousClock()
        let start = clock.now
        let decoded: DecodedImage
        do throws(DecodeFailure) {
            decoded = try holding(bytes, content, progress) { () throws(DecodeFailure) in
                try photographs.decode(bytes, as: preprocessing, fidelity: fidelity, progress: progress)
            }
        } catch {
            if error.isMachineFault { throw .outOfMemory }
            return .rejected(Verdict.Reason(code: error.code, message: error.message))
        }
        let milliseconds = (clock.now - start).milliseconds
        let quality = CrashNote.within(.grade, sha256: content.sha256) { QualityGrader.grade(decoded) }
        return .decoded(Examined(image: decoded, quality: quality, decodeMilliseconds: milliseconds))
    }

    /// Decodes a picture, whose fault a crash would be meanwhile, once there is memory for it.
    func holding<Result>(
        _ bytes: [UInt8], _ content: ImageContent, _ progress: () -> Void,
        _ decode: () throws(DecodeFailure) -> Result
    ) throws(DecodeFailure) -> Result {
        let needed = try CrashNote.within(.decode, sha256: content.sha256) { () throws(DecodeFailure) in
            try photographs.header(of: bytes).heldBytes
        }
        return try memory.borrow(needed, progress: progress) { () throws(DecodeFailure) in
            try CrashNote.within(.decode, sha256: content.sha256, decode)
        }
    }

    private func tooLarge(_ byteCount: Int) -> Verdict.Reason {
        Verdict.Reason(
            code: "too-large",
            message: """
                The file has \(byteCount) bytes, more than the limit of \(maximumBytes) (max-bytes). \
                Export the photograph as a smaller JPEG, or raise the limit.
                """)
    }
}
