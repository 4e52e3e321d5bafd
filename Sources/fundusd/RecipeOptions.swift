internal import ArgumentParser
internal import Training

extension Recipe.Schedule: ExpressibleByArgument {}
extension Recipe.ClassWeights: ExpressibleByArgument {}
extension Recipe.Layers: ExpressibleByArgument {}
extension Recipe.Arithmetic: ExpressibleByArgument {}
extension Recipe.Geometry: ExpressibleByArgument {}

/// A named recipe, and what is to differ from it.
struct RecipeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(Recipe.all.map(\.name).joined(separator: " or ")); see docs/training.md for what each measured.",
            valueName: "name"))
    var recipe = Recipe.screening.name
    @Option(help: ArgumentHelp("Passes over the images.", valueName: "count")) var epochs: Int?
    @Option(help: ArgumentHelp("Images a step.", valueName: "count")) var batchSize: Int?
    @Option(help: ArgumentHelp("Adam's step size.", valueName: "number")) var learningRate: Double?
    @Option(help: "How the learning rate runs over the steps.") var schedule: Recipe.Schedule?
    @Option(help: ArgumentHelp("The share of steps in which a cosine schedule rises.", valueName: "0…1"))
    var warmUp: Double?
    @Option(help: ArgumentHelp("As in AdamW, apart from the gradient; 0 for none.", valueName: "number"))
    var weightDecay: Double?
    @Flag(
        inversion: .prefixedNo,
        help: "Flip, rotate up to 10°, vary brightness and contrast up to 10 %, anew in each epoch.")
    var augment: Bool?
    @Option(help: "Whether the rarer class weighs more in the loss.") var classWeights: Recipe.ClassWeights?
    @Option(help: "The layers that are trained; those below are frozen.") var trainLayers: Recipe.Layers?
    @Option(help: "What feature maps are kept in while training.") var trainingPrecision: Recipe.Arithmetic?
    @Option(help: ArgumentHelp("Pixels of the network's input, width and height.", valueName: "count"))
    var inputSide: Int?
    @Option(help: "What the network sees: the whole frame squeezed, or the square around the retina's round field.")
    var geometry: Recipe.Geometry?
    @Option(
        help: ArgumentHelp(
            "End after so many epochs without a lower loss on the validation share, and keep the best.",
            valueName: "epochs"))
    var patience: Int?

    func validate() throws {
        guard Recipe.named(recipe) != nil else {
            throw ValidationError(
                "There is no recipe '\(recipe)'; there is \(Recipe.all.map(\.name).joined(separator: " and ")).")
        }
        try check(epochs, in: 1...10_000, "--epochs")
        try check(batchSize, in: 1...4096, "--batch-size")
        try check(inputSide, in: 32...2048, "--input-side")
        try check(patience, in: 1...10_000, "--patience")
        try check(learningRate, "--learning-rate", "above 0 and at most 10") { $0 > 0 && $0 <= 10 }
        try check(warmUp, "--warm-up", "from 0 to 1") { 0...1 ~= $0 }
        try check(weightDecay, "--weight-decay", "from 0 to 1") { 0...1 ~= $0 }
    }

    private func check(_ value: Int?, in range: ClosedRange<Int>, _ option: String) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(option) must be from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }

    private func check(_ value: Double?, _ option: String, _ bounds: String, _ isValid: (Double) -> Bool) throws {
        guard let value, !isValid(value) else { return }
        throw ValidationError("\(option) must be \(bounds), not \(value).")
    }

    /// The named recipe with what differs; its name then says so.
    var resolved: Recipe {
        let named = Recipe.named(recipe) ?? .screening
        var result = named
        result.epochs = epochs ?? named.epochs
        result.batchSize = batchSize ?? named.batchSize
        result.learningRate = learningRate ?? named.learningRate
        result.schedule = schedule ?? named.schedule
        result.warmUpShare = warmUp ?? named.warmUpShare
        result.weightDecay = weightDecay ?? named.weightDecay
        result.isAugmented = augment ?? named.isAugmented
        result.classWeights = classWeights ?? named.classWeights
        result.trainedLayers = trainLayers ?? named.trainedLayers
        result.arithmetic = trainingPrecision ?? named.arithmetic
        result.inputSide = inputSide ?? named.inputSide
        result.geometry = geometry ?? named.geometry
        result.patience = patience ?? named.patience
        if result != named { result.name = "\(named.name), changed" }
        return result
    }
}
