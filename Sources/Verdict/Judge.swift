// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
package import ModelStore

/// A network that can tell disease from normal, and perhaps whether a picture may be judged at all.
package protocol EyeModel: Sendable {
    var identity: ModelIdentity { get }
    var preprocessing: Preprocessing { get }
    /// P(gradable) below it is ungradable; nil where the network has no such output.
    var gradabilityThreshold: Double? { get }
    /// What the network says of one input of the model's preprocessing, NCHW.
    func assessment(of tensor: [Float]) throws -> EyeAssessment
    /// The same, and where in the picture the network saw disease.
    func diseaseMap(of tensor: [Float]) throws -> (assessment: EyeAssessment, map: DiseaseMap)
}

/// What a file's bytes were found to be.
package struct ImageContent: Sendable, Equatable {
    /// Of the whole file, 64 hexadecimal digits.
    package let sha256: String
    package let byteCount: Int
    /// Nil when the file is larger than the limit: such a file is hashed and not kept in memory.
    package let bytes: [UInt8]?

    package init(sha256: String, byteCount: Int, bytes: [UInt8]?) {
        self.sha256 = sha256
        self.byteCount = byteCount
        self.bytes = bytes
    }
}

/// What the pipeline found out about one image.
package struct Judgement: Sendable, Equatable {
    package var outcome: Verdict.Outcome
    /// P(disease); nil where the network did not judge.
    package var probability: Double?
    package var quality: QualityGrade?
    package var reasons: [Verdict.Reason]
    /// Pixels of the file's own picture; nil where its header could not be read.
    package var width: Int?
    package var height: Int?
    /// How much smaller a side was decoded: 1 where every pixel was.
    package var shrinkage: Int?
    package var decodeMilliseconds: Double?
    package var networkMilliseconds: Double?
    /// A JPEG, where one was asked for and the network was run.
    package var heatmap: [UInt8]?
    /// As the network saw it; nil where it was not run.
    package var picture: RGBPicture?

    package init(
        outcome: Verdict.Outcome, probability: Double? = nil, quality: QualityGrade? = nil,
        reasons: [Verdict.Reason] = [], width: Int? = nil, height: Int? = nil, shrinkage: Int? = nil,
        decodeMilliseconds: Double? = nil
    ) {
        self.outcome = outcome
        self.probability = probability
        self.quality = quality
        self.reasons = reasons
        self.width = width
        self.height = height
        self.shrinkage = shrinkage
        self.decodeMilliseconds = decodeMilliseconds
    }
}

/// A fault of the machine in the middle of a judgement: no verdict may come of it.
package enum JudgingFault: Error, Sendable, CustomStringConvertible {
    case outOfMemory
    /// The network gave something that is no probability.
    case notFinite(model: String)

    package var description: String {
        switch self {
        case .outOfMemory: "not enough memory to decode the image; give the service more, or lower max-pixels"
        case .notFinite(let model):
            "model \(model) gave no finite number; check it with `fundusd model verify \(model)`"
        }
    }
}

/// The pipeline from bytes to an outcome: decode, grade, resize, network, threshold. Reads and writes nothing else.
package struct Judge: Sendable {
    package let model: any EyeModel
    package let operatingPoint: OperatingPoint
    package let drawsHeatmaps: Bool
    private let examiner: PictureExaminer

    /// - Parameter examiner: brings pictures to the model's preprocessing.
    package init(
        model: any EyeModel, operatingPoint: OperatingPoint, examiner: PictureExaminer, drawsHeatmaps: Bool
    ) {
        precondition(examiner.preprocessing == model.preprocessing, "pictures of another preprocessing")
        self.model = model
        self.operatingPoint = operatingPoint
        self.examiner = examiner
        self.drawsHeatmaps = drawsHeatmaps
    }

    /// - Parameter formats: what is no JPEG is rejected where a verdict is asked for.
    package init(
        model: any EyeModel, operatingPoint: OperatingPoint, maximumPixels: Int = 100_000_000,
        maximumBytes: Int = 64 << 20, fidelity: DecodeFidelity = .full, drawsHeatmaps: Bool = false,
        accepting formats: PhotographFormats = .jpeg
    ) {
        self.init(
            model: model, operatingPoint: operatingPoint,
            examiner: PictureExaminer(
                for: model.preprocessing, maximumPixels: maximumPixels, maximumBytes: maximumBytes,
                fidelity: fidelity, accepting: formats),
            drawsHeatmaps: drawsHeatmaps)
    }

    /// A larger picture is rejected by its header.
    package var maximumPixels: Int { examiner.maximumPixels }

    /// Judges one image.
    ///
    /// - Parameter progress: called as the work advances, so that a watchdog can tell long from stuck.
    /// - Throws: only what is no fault of the image: `JudgingFault`, or what the network throws.
    package func judge(_ content: ImageContent, progress: () -> Void = {}) throws -> Judgement {
        try judge(content, as: try examine(content, progress: progress), progress: progress)
    }

    /// Judges an image that was examined before, perhaps on another thread.
    ///
    /// - Throws: as above.
    package func judge(
        _ content: ImageContent, as examination: PictureExaminer.Examination, progress: () -> Void = {}
    ) throws -> Judgement {
        let examined: PictureExaminer.Examined
        switch examination {
        case .rejected(let reason): return Judgement(outcome: .rejected, reasons: [reason])
        case .decoded(let image): examined = image
        }
        var judgement = Judgement(
            outcome: .ungradable, quality: examined.quality,
            reasons: examined.quality.reasons.map(Verdict.Reason.init), width: examined.image.sourceWidth,
            height: examined.image.sourceHeight, shrinkage: examined.image.shrinkage,
            decodeMilliseconds: examined.decodeMilliseconds)
        // A network that has learned to tell decides; the measures then only say what it may have seen.
        guard examined.quality.gradable || model.gradabilityThreshold != nil else { return judgement }
        let map = try CrashNote.within(.network, sha256: content.sha256) { try run(on: examined, into: &judgement) }
        guard judgement.outcome != .ungradable else { return judgement }
        judgement.picture = examined.image.picture
        if let map {
            judgement.heatmap = try heatmap(map, seen: examined.image.rectangle, content, progress)
        }
        return judgement
    }

    /// Decodes and grades an image; may run beside a judgement, on another thread.
    package func examine(
        _ content: ImageContent, progress: () -> Void = {}
    ) throws(JudgingFault) -> PictureExaminer.Examination {
        try examiner.examine(content, progress: progress)
    }

    /// P(disease) of an examined image, whether it is gradable or not, and whether it is.
    package func assess(_ examined: PictureExaminer.Examined) throws -> (probability: Double, quality: QualityGrade) {
        let assessment = try checked(model.assessment(of: tensor(of: examined.image.picture)))
        return (assessment.probabilityOfDisease, quality(examined.quality, assessment))
    }

    /// Where in a picture at the network's size the network sees disease.
    package func diseaseMap(of picture: RGBPicture) throws -> DiseaseMap {
        try model.diseaseMap(of: tensor(of: picture)).map
    }

    /// - Returns: where disease was seen, if heatmaps are drawn.
    private func run(on examined: PictureExaminer.Examined, into judgement: inout Judgement) throws -> DiseaseMap? {
        let clock = ContinuousClock()
        let start = clock.now
        let tensor = tensor(of: examined.image.picture)
        let (given, map): (EyeAssessment, DiseaseMap?) =
            drawsHeatmaps ? try model.diseaseMap(of: tensor) : (try model.assessment(of: tensor), nil)
        let assessment = try checked(given)
        judgement.networkMilliseconds = (clock.now - start).milliseconds
        let quality = quality(examined.quality, assessment)
        judgement.quality = quality
        judgement.reasons = quality.reasons.map(Verdict.Reason.init)
        guard quality.gradable else { return map }
        judgement.probability = assessment.probabilityOfDisease
        judgement.outcome = assessment.probabilityOfDisease >= operatingPoint.value ? .disease : .normal
        return map
    }

    private func quality(_ measured: QualityGrade, _ assessment: EyeAssessment) -> QualityGrade {
        guard let threshold = model.gradabilityThreshold, let probability = assessment.probabilityOfGradable else {
            return measured
        }
        return measured.decided(by: probability, threshold: threshold)
    }

    private func tensor(of picture: RGBPicture) -> [Float] {
        var tensor = [Float](repeating: 0, count: model.preprocessing.elementCount)
        model.preprocessing.fill(&tensor, from: picture)
        return tensor
    }

    private func checked(_ assessment: EyeAssessment) throws(JudgingFault) -> EyeAssessment {
        let probabilities = [assessment.probabilityOfDisease, assessment.probabilityOfGradable ?? 1]
        guard probabilities.allSatisfy({ 0...1 ~= $0 }) else { throw .notFinite(model: model.identity.id) }
        return assessment
    }

    private func heatmap(
        _ map: DiseaseMap, seen rectangle: PictureRectangle, _ content: ImageContent, _ progress: () -> Void
    ) throws -> [UInt8] {
        do throws(DecodeFailure) {
            return try examiner.holding(content.bytes ?? [], content, progress) { () throws(DecodeFailure) in
                try Heatmap.jpeg(
                    map, seen: rectangle, over: content, by: model.identity, maximumPixels: maximumPixels,
                    progress: progress)
            }
        } catch {
            // The same bytes were decoded before: what fails now is the machine.
            throw JudgingFault.outOfMemory
        }
    }
}

extension Verdict.Reason {
    fileprivate init(_ finding: QualityFinding) {
        self.init(code: finding.code, message: finding.message)
    }
}

extension Duration {
    package var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
    }
}
