// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage
package import ResNet

extension ModelRecord {
    /// A record has a few kilobytes.
    static let largestFile = 1 << 20

    /// Sorted, indented, snake_case, times as ISO 8601 in UTC.
    package func json() -> [UInt8] {
        guard let data = try? Self.encoder().encode(self) else {
            preconditionFailure("a record holds a number that is not finite")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// Writes records, and what is shown together with them.
    package static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    /// A record from `model.json`: every number that it needs is checked, none is made up.
    package static func parse(_ bytes: [UInt8], path: String) throws(ModelFailure) -> ModelRecord {
        struct Version: Decodable { let schema: String }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        guard let version = try? decoder.decode(Version.self, from: Data(bytes)) else {
            throw ModelFailure(
                .damaged, path, "is not the JSON of a model", remedy: "import or train the model again")
        }
        guard version.schema == schema else {
            throw ModelFailure(
                .unsupported, path, "has the version “\(version.schema)”; this program reads “\(schema)”",
                remedy: "use the program version that wrote it, or import the weights again")
        }
        let record: ModelRecord
        do {
            record = try decoder.decode(ModelRecord.self, from: Data(bytes))
        } catch {
            throw ModelFailure(
                .damaged, path, Self.fault(error),
                remedy: "use the program version that wrote it, or import or train the model again")
        }
        if let fault = record.fault {
            throw ModelFailure(.damaged, path, fault, remedy: "correct it, or import or train the model again")
        }
        return record
    }

    /// The key at fault, from a decoder's error.
    private static func fault(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, _): "lacks a part: \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "lacks a part: \(path(context))"
        case DecodingError.dataCorrupted(let context):
            "has a part that can't be read: \(path(context)): \(context.debugDescription)"
        default: "can't be read: \(error)"
        }
    }

    /// The first value that no later step could work with.
    var fault: String? {
        let size = (preprocessing.width, preprocessing.height)
        let sides = ResNet50Inference.smallestSide...4096
        if architecture.name != Architecture.resNet50 { return "architecture “\(architecture.name)” is unknown" }
        if !(1...ResNet50Layout.largestBaseWidth).contains(architecture.baseWidth) { return "base_width is impossible" }
        if let outputs = architecture.outputs, !(1...ResNet50Layout.largestOutputs).contains(outputs) {
            return "outputs is impossible"
        }
        if !sides.contains(size.0) || !sides.contains(size.1) { return "preprocessing has an impossible size" }
        if preprocessing.mean.count != 3 || preprocessing.deviation.count != 3 || preprocessing.deviation.contains(0) {
            return "preprocessing needs three means and three deviations that are not 0"
        }
        for point in [threshold] + (operatingPoints ?? []) where !(0 < point.value && point.value < 1) {
            return "threshold \(point.value) is not between 0 and 1"
        }
        if role == .judge {
            // The second output is gradability's, and means nothing without its threshold.
            let outputs = normalClass == nil ? (gradability == nil ? 1 : 2) : architecture.outputs
            if architecture.outputs != outputs || golden?.logits.count != outputs {
                return
                    "a judge needs one output, or two with gradability, or a normal_class, and a golden logit for each output"
            }
        }
        if let fault = normalClassFault { return fault }
        if let fault = gradability?.fault { return fault }
        if let fault = training?.fault { return fault }
        if !Self.isIdentifier(id) { return "“\(id)” is no model's id" }
        return nil
    }

    private var normalClassFault: String? {
        guard let normalClass else { return nil }
        if !(2..<ClassFolding.fewestOfBase).contains(architecture.outputs ?? 0) || gradability != nil {
            return "normal_class needs the classes of a softmax"
        }
        if !(0..<(architecture.outputs ?? 0)).contains(normalClass) || positiveClass != .disease {
            return "normal_class \(normalClass) is not among its outputs, or positive_class is not disease"
        }
        return nil
    }

    /// How its outputs become one logit for disease.
    package var diseaseLogit: DiseaseLogit { DiseaseLogit(positiveClass: positiveClass, normalClass: normalClass) }

    /// Eight digits, a hyphen, six hexadecimal digits: safe as a folder's name.
    static func isIdentifier(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == 8 && parts[1].utf8.count == 6
            && parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) }
            && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    static func identifier(sha256: String, date: Date) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateSeparator(.omitted)
        return "\(date.formatted(style))-\(sha256.prefix(6))"
    }

    package var layout: ResNet50Layout {
        ResNet50Layout(baseWidth: architecture.baseWidth, outputs: architecture.outputs)
    }
}
