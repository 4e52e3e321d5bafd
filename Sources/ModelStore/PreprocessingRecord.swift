/// How an eye becomes the network's input; fixed by the model.
package struct PreprocessingRecord: Codable, Sendable, Equatable {
    package var name: String
    package var width: Int
    package var height: Int
    /// Per channel, red first, on the scale 0…1.
    package var mean: [Float]
    package var deviation: [Float]

    package init(name: String, width: Int, height: Int, mean: [Float], deviation: [Float]) {
        self.name = name
        self.width = width
        self.height = height
        self.mean = mean
        self.deviation = deviation
    }

    /// What torchvision's ImageNet weights were trained with.
    package static let torchvision224 = PreprocessingRecord(
        name: "torchvision-224", width: 224, height: 224, mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225])
}
