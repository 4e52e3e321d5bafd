// SPDX-License-Identifier: Apache-2.0
internal import ResNet

/// Everything that decides how weights come of images, but for the images, the first weights and the seed.
package struct Recipe: Codable, Sendable, Equatable {
    /// How the learning rate runs over the steps.
    package enum Schedule: String, Codable, Sendable, CaseIterable { case constant, cosine }

    /// Whether the rarer class weighs more in the loss.
    package enum ClassWeights: String, Codable, Sendable, CaseIterable {
        case none
        /// Both classes weigh the same in the loss, however many images each has.
        case balanced
    }

    /// How an epoch draws its images.
    package enum Draw: String, Codable, Sendable, CaseIterable {
        /// Each epoch takes every image once.
        case shuffled
        /// Each epoch takes as many images, every class of a source equally often and small sources more often.
        case balanced
    }

    /// How pictures are altered, anew in each epoch.
    package enum Alterations: String, Codable, Sendable, CaseIterable {
        case none
        /// Flip, rotation up to 10°, brightness and contrast up to 10 %, as torchvision has them.
        case light
        /// What another camera would have made of the same eye; docs/alterations.md has each part.
        case camera
    }

    /// Which parameters learn.
    package enum Layers: String, Codable, Sendable, CaseIterable {
        case all
        case fromStage2 = "from-stage-2"
        case fromStage3 = "from-stage-3"
        case fromStage4 = "from-stage-4"
        case head
    }

    /// What feature maps are kept in.
    package enum Arithmetic: String, Codable, Sendable, CaseIterable { case float32, bf16 }

    /// Whether the network sees the whole frame, squeezed, or the square around the retina's field.
    package enum Geometry: String, Codable, Sendable, CaseIterable {
        case squeeze
        case fieldCrop = "field-crop"
    }

    package var name: String
    package var epochs: Int
    /// Images a step.
    package var batchSize: Int
    /// Adam's step size, before the schedule.
    package var learningRate: Double
    /// Each stage below the fourth learns with this share of the rate of the one above it; 1 is one rate for all.
    package var depthDecay = 1.0
    package var schedule: Schedule
    /// The share of all steps in which the learning rate rises; of a cosine schedule only.
    package var warmUpShare: Double
    /// Apart from the gradient, as AdamW has it; 0 is plain Adam.
    package var weightDecay: Double
    /// Anew for each image in each epoch.
    package var alterations: Alterations
    package var draw = Draw.shuffled
    package var classWeights: ClassWeights
    /// How far the targets 0 and 1 are moved toward ½: 0 leaves them, 1 would make them all ½.
    package var labelSmoothing = 0.0
    /// What a step leaves of the running mean of all parameters that is measured and published in place of the last
    /// ones; 0 for none.
    package var weightAveraging = 0.0
    /// Whether a second output learns which pictures no one should judge, where there are enough of them.
    package var learnsGradability = true
    /// What the second output's loss counts beside the first's.
    package var gradabilityWeight = 0.5
    /// Of the gradable pictures' draws, those in which they are damaged and count as ungradable, where a second output learns.
    package var damageShare = 0.0
    package var trainedLayers: Layers
    package var arithmetic: Arithmetic
    /// Pixels of the network's input, width and height.
    package var inputSide: Int
    package var geometry = Geometry.squeeze
    /// Epochs without a lower loss on the validation share after which training ends; nil trains all epochs.
    package var patience: Int?

    /// The PyTorch experiment's to the letter: Adam at 0.001, all layers, batches of 8, ten epochs, nothing else.
    package static let experiment = Recipe(
        name: "experiment", epochs: 10, batchSize: 8, learningRate: 0.001, schedule: .constant, warmUpShare: 0,
        weightDecay: 0, alterations: .none, classWeights: .none, learnsGradability: false, trainedLayers: .all,
        arithmetic: .float32,
        inputSide: 224, patience: nil)

    /// What measured best on people that no training saw; docs/training.md has the figures.
    package static let screening = Recipe(
        name: "screening", epochs: 6, batchSize: 8, learningRate: 0.0001, schedule: .cosine, warmUpShare: 0.05,
        weightDecay: 0.01, alterations: .light, classWeights: .none, trainedLayers: .all, arithmetic: .float32,
        inputSide: 224, patience: nil)

    package static let all = [screening, experiment]

    /// Nil where there is none of this name.
    package static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }
}

extension Recipe {
    var optimizer: Adam { Adam(weightDecay: weightDecay > 0 ? .decoupled(weightDecay) : .none) }

    /// What the step of this number, counted from 1, leaves of the running mean: little at first, when there is little to
    /// average, as TensorFlow's `ExponentialMovingAverage` has it (Polyak and Juditsky, SIAM J. Control Optim. 30, 1992).
    func averageKept(step: Int) -> Double { min(weightAveraging, Double(1 + step) / Double(10 + step)) }

    /// What the network is to say of an image of a class.
    func target(_ isPositive: Bool) -> Float {
        Float((isPositive ? 1 : 0) * (1 - labelSmoothing) + labelSmoothing / 2)
    }

    /// The share of the learning rate that a tensor learns with.
    ///
    /// - Parameter madeNew: tensors that no training has seen before; the head and they learn with all of it.
    func learningShare(of tensor: ParameterSpecification, madeNew: Set<String>) -> Double {
        if madeNew.contains(tensor.name) { return 1 }
        return (0..<tensor.stagesBelowHead).reduce(1) { share, _ in share * depthDecay }
    }

    /// The learning rate's course over a number of steps.
    func learningRateSchedule(stepCount: Int) -> LearningRateSchedule {
        switch schedule {
        case .constant: .constant
        case .cosine: .cosine(warmUpSteps: Int((warmUpShare * Double(stepCount)).rounded()))
        }
    }

    /// The loss of a network with so many outputs over such images.
    func loss(outputs: Int, over targets: [TrainingTarget]) -> JudgeLoss {
        JudgeLoss(
            outputs: outputs, disease: loss(isDisease: targets.compactMap(\.isDisease)),
            gradabilityWeight: gradabilityWeight, target: target)
    }

    /// Disease's loss over images of which these have it.
    func loss(isDisease: [Bool]) -> BinaryCrossEntropy {
        let disease = isDisease.count { $0 }
        guard classWeights == .balanced, disease > 0, disease < isDisease.count else { return BinaryCrossEntropy() }
        // Both sum to half of all images: the loss keeps its scale, and the learning rate its meaning.
        let half = Double(isDisease.count) / 2
        return BinaryCrossEntropy(
            positiveWeight: half / Double(disease), negativeWeight: half / Double(isDisease.count - disease))
    }
}
