// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import Testing

struct ResNet50LayoutTests {
    /// torchvision's resnet50 has 25 557 032 trainable parameters with 1000 outputs, and 53 120 running statistics.
    @Test func `full width counts as torchvision does`() {
        let layout = ResNet50Layout(baseWidth: 64, outputs: 1000)
        let statistics = layout.parameters.filter { $0.role == .runningMean || $0.role == .runningVariance }
        #expect(statistics.reduce(0) { $0 + $1.count } == 53_120)
        #expect(layout.parameterCount == 25_557_032 + 53_120)
        #expect(layout.parameters.count == 267)
        #expect(Set(layout.parameters.map(\.name)).count == 267)
        #expect(layout.featureCount == 2048)
    }

    @Test(arguments: [
        ("conv1.weight", [64, 3, 7, 7]), ("bn1.running_mean", [64]), ("layer1.0.downsample.0.weight", [256, 64, 1, 1]),
        ("layer1.2.conv1.weight", [64, 256, 1, 1]), ("layer2.0.conv1.weight", [128, 256, 1, 1]),
        ("layer2.0.conv2.weight", [128, 128, 3, 3]), ("layer3.5.bn3.weight", [1024]),
        ("layer4.0.downsample.1.running_var", [2048]), ("layer4.2.conv3.weight", [2048, 512, 1, 1]),
        ("fc.weight", [1, 2048]), ("fc.bias", [1]),
    ])
    func `names and shapes are torchvision's`(name: String, shape: [Int]) {
        let layout = ResNet50Layout(baseWidth: 64, outputs: 1)
        #expect(layout.parameters.first { $0.name == name }?.shape == shape)
    }

    @Test func `without a head there is no linear layer`() {
        #expect(!ResNet50Layout(baseWidth: 8, outputs: nil).parameters.contains { $0.name.hasPrefix("fc.") })
    }
}
