// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Training

extension Recipe.Schedule: ExpressibleByArgument {}
extension Recipe.Draw: ExpressibleByArgument {}
extension Recipe.Alterations: ExpressibleByArgument {}
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
    @Option(
        help: ArgumentHelp(
            "Passes over the images; 0 trains nothing: the base is measured, calibrated and given its thresholds.",
            valueName: "count"))
    var epochs: Int?
    @Option(help: ArgumentHelp("Images a step.", valueName: "count")) var batchSize: Int?
    @Option(help: ArgumentHelp("Adam's step size.", valueName: "number")) var learningRate: Double?
    @Option(
        help: ArgumentHelp(
            "Each stage below the last learns with this share of the rate of the one above it.", valueName: "0…1"))
    var depthDecay: Double?
    @Option(help: "How the learning rate runs over the steps.") var schedule: Recipe.Schedule?
    @Option(help: ArgumentHelp("The share of steps in which a cosine schedule rises.", valueName: "0…1"))
    var warmUp: Double?
    @Option(help: ArgumentHelp("As in AdamW, apart from the gradient; 0 for none.", valueName: "number"))
    var weightDecay: Double?
    @Option(
        help: """
            How pictures are altered, anew in each epoch: light flips, rotates up to 10°, varies brightness and contrast up to \
            10 %; camera does what other cameras do.
            """)
    var alterations: Recipe.Alterations?
    @Option(help: "How an epoch draws its images: each once, or classes and sources balanced.") var draw: Recipe.Draw?
    @Option(help: "Whether the rarer class weighs more in the loss.") var classWeights: Recipe.ClassWeights?
    @Option(help: ArgumentHelp("How far targets are moved from 0 and 1 toward one half.", valueName: "0…0.5"))
    var labelSmoothing: Double?
    @Option(
        help: ArgumentHelp(
            "Publish a running mean of the weights, of which each step leaves this, such as 0.999; 0 for none.",
            valueName: "0…1"))
    var weightAveraging: Double?
    @Option(help: "Whether a second output learns from DIR/ungradable, where it has enough images.")
    var gradability: Gradability?
    @Option(help: ArgumentHelp("What that output's loss counts beside disease's.", valueName: "number"))
    var gradabilityWeight: Double?
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

    enum Gradability: String, ExpressibleByArgument, CaseIterable { case auto, off }

    @Option(
        help: ArgumentHelp(
            "Of the gradable pictures, the share that is damaged in an epoch, to teach what no one can judge.",
            valueName: "0…1"))
    var damageShare: Double?

    func validate() throws {
        guard Recipe.named(recipe) != nil else {
            throw ValidationError(
                "There is no recipe '\(recipe)'; there is \(Recipe.all.map(\.name).joined(separator: " and ")).")
        }
        try check(epochs, in: 0...10_000, "--epochs")
        try check(batchSize, in: 1...4096, "--batch-size")
        try check(inputSide, in: 32...2048, "--input-side")
        try check(patience, in: 1...10_000, "--patience")
        try check(learningRate, "--learning-rate", "above 0 and at most 10") { $0 > 0 && $0 <= 10 }
        try check(depthDecay, "--depth-decay", "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        try check(damageShare, "--damage-share", "from 0 to 1") { 0...1 ~= $0 }
        try check(warmUp, "--warm-up", "from 0 to 1") { 0...1 ~= $0 }
        try check(labelSmoothing, "--label-smoothing", "from 0 to 0.5") { 0...0.5 ~= $0 }
        try check(weightAveraging, "--weight-averaging", "at least 0 and below 1") { 0..<1 ~= $0 }
        try check(gradabilityWeight, "--gradability-weight", "above 0 and at most 10") { $0 > 0 && $0 <= 10 }
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
        result.depthDecay = depthDecay ?? named.depthDecay
        result.schedule = schedule ?? named.schedule
        result.warmUpShare = warmUp ?? named.warmUpShare
        result.weightDecay = weightDecay ?? named.weightDecay
        result.alterations = alterations ?? named.alterations
        result.draw = draw ?? named.draw
        result.classWeights = classWeights ?? named.classWeights
        result.labelSmoothing = labelSmoothing ?? named.labelSmoothing
        result.weightAveraging = weightAveraging ?? named.weightAveraging
        result.learnsGradability = gradability.map { $0 == .auto } ?? named.learnsGradability
        result.gradabilityWeight = gradabilityWeight ?? named.gradabilityWeight
        result.trainedLayers = trainLayers ?? named.trainedLayers
        result.arithmetic = trainingPrecision ?? named.arithmetic
        result.inputSide = inputSide ?? named.inputSide
        result.geometry = geometry ?? named.geometry
        result.damageShare = damageShare ?? named.damageShare
        result.patience = patience ?? named.patience
        if result != named { result.name = "\(named.name), changed" }
        return result
    }
}
