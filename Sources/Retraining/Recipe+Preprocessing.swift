package import FundusImage
package import Training

extension Recipe {
    /// ImageNet's normalization, at the recipe's size.
    package var preprocessing: Preprocessing {
        let standard = Preprocessing.torchvision224
        return Preprocessing(
            name: "torchvision-\(inputSide)", width: inputSide, height: inputSide, mean: standard.mean,
            deviation: standard.deviation)
    }
}
