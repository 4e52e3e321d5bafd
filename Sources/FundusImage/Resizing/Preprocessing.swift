// SPDX-License-Identifier: Apache-2.0
/// How a picture becomes the network's input; fixed by a model and recorded with it. Channels are red, green, blue.
package struct Preprocessing: Codable, Sendable, Equatable {
    package let name: String
    package let geometry: PictureGeometry
    /// Pixels.
    package let width: Int
    package let height: Int
    /// Per channel, red first, of samples scaled to 0…1.
    package let mean: [Float]
    package let deviation: [Float]

    package init(
        name: String, geometry: PictureGeometry = .squeeze, width: Int, height: Int, mean: [Float],
        deviation: [Float]
    ) {
        self.name = name
        self.geometry = geometry
        self.width = width
        self.height = height
        self.mean = mean
        self.deviation = deviation
    }

    /// What torchvision's ImageNet models are trained with.
    package static let torchvision224 = Preprocessing(
        name: "torchvision-224", width: 224, height: 224, mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225])

    /// ImageNet's normalization of a square input; its name says what it is.
    package init(_ geometry: PictureGeometry, side: Int) {
        let standard = Preprocessing.torchvision224
        let kind =
            switch geometry {
            case .squeeze: "torchvision"
            case .fieldCrop: "field-crop"
            }
        self.init(
            name: "\(kind)-\(side)", geometry: geometry, width: side, height: side, mean: standard.mean,
            deviation: standard.deviation)
    }

    /// Elements of the tensor: 3 × height × width.
    package var elementCount: Int { 3 * height * width }

    /// Makes `tensor` the NCHW tensor of one picture: (sample / 255 − mean) / deviation, each step in float32.
    ///
    /// These are the operations of torchvision's `ToTensor` and `Normalize`, in their order: the same bits. A tensor
    /// of the right size is written in place.
    package func fill(_ tensor: inout [Float], from picture: RGBPicture) {
        precondition(picture.width == width && picture.height == height, "the picture has the network's size")
        precondition(mean.count == 3 && deviation.count == 3, "red, green and blue")
        if tensor.count != elementCount { tensor = [Float](repeating: 0, count: elementCount) }
        let planeSize = width * height
        let pixels = picture.pixels
        for channel in 0..<3 {
            // A sample has 256 values only.
            let table = (0...255).map { (Float($0) / 255 - mean[channel]) / deviation[channel] }
            for i in 0..<planeSize { tensor[channel * planeSize + i] = table[Int(pixels[3 * i + channel])] }
        }
    }
}

extension Preprocessing {
    private enum CodingKeys: String, CodingKey {
        case name, geometry, width, height, mean, deviation
    }

    /// Records that say nothing of a geometry squeeze: they are older than the choice.
    package init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try record.decode(String.self, forKey: .name),
            geometry: try record.decodeIfPresent(String.self, forKey: .geometry).map {
                try Self.geometry(named: $0, in: record)
            } ?? .squeeze,
            width: try record.decode(Int.self, forKey: .width), height: try record.decode(Int.self, forKey: .height),
            mean: try record.decode([Float].self, forKey: .mean),
            deviation: try record.decode([Float].self, forKey: .deviation))
    }

    /// A model whose pictures are made in another way must not judge.
    private static func geometry(
        named name: String, in record: KeyedDecodingContainer<CodingKeys>
    ) throws -> PictureGeometry {
        if let geometry = PictureGeometry(rawValue: name) { return geometry }
        let known = PictureGeometry.allCases.map(\.rawValue).joined(separator: " and ")
        throw DecodingError.dataCorruptedError(
            forKey: .geometry, in: record, debugDescription: "“\(name)” is unknown; known are \(known)")
    }

    package func encode(to encoder: any Encoder) throws {
        var record = encoder.container(keyedBy: CodingKeys.self)
        try record.encode(name, forKey: .name)
        if geometry != .squeeze { try record.encode(geometry, forKey: .geometry) }
        try record.encode(width, forKey: .width)
        try record.encode(height, forKey: .height)
        try record.encode(mean, forKey: .mean)
        try record.encode(deviation, forKey: .deviation)
    }
}
