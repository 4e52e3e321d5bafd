/// How a picture becomes the network's input; fixed by a model and recorded with it. Channels are red, green, blue.
package struct Preprocessing: Codable, Sendable, Equatable {
    package let name: String
    /// Pixels.
    package let width: Int
    package let height: Int
    /// Per channel, red first, of samples scaled to 0…1.
    package let mean: [Float]
    package let deviation: [Float]

    package init(name: String, width: Int, height: Int, mean: [Float], deviation: [Float]) {
        self.name = name
        self.width = width
        self.height = height
        self.mean = mean
        self.deviation = deviation
    }

    /// What torchvision's ImageNet models are trained with.
    package static let torchvision224 = Preprocessing(
        name: "torchvision-224", width: 224, height: 224, mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225])

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
