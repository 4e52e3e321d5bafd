// SPDX-License-Identifier: Apache-2.0
/// Which convolution is computed how by the kernels, as lists: the first row that fits a convolution is taken.
///
/// What was measured for the rows is in `docs/numerics.md`.
package struct ConvolutionChoice: Sendable {
    /// Sums by the definition, or by Winograd's tiles.
    package enum Method: Sendable, Equatable {
        case direct
        case winograd(WinogradConvolution.Tile)

        package var winogradTile: WinogradConvolution.Tile? {
            if case .winograd(let tile) = self { tile } else { nil }
        }
    }

    /// What a row is asked about.
    package struct Case: Sendable {
        let window: WindowGeometry
        /// Of a batch, whose tiles meet a weight together.
        let images: Int
        /// Of the output, as the rest.
        let height: Int
        let width: Int
        let precision: Precision

        package init(window: WindowGeometry, of output: MapLayout) {
            self.init(
                window: window, images: output.images, height: output.height, width: output.width,
                precision: output.precision)
        }

        init(window: WindowGeometry, images: Int = 1, height: Int, width: Int, precision: Precision) {
            self.images = images
            self.window = window
            self.height = height
            self.width = width
            self.precision = precision
        }

        fileprivate var pixels: Int { height * width }

        fileprivate var isStrided: Bool { window == WinogradConvolution.Tile.stridedTwo.window }

        fileprivate func tiles(_ tile: WinogradConvolution.Tile) -> Int {
            ((height + tile.outputs - 1) / tile.outputs) * ((width + tile.outputs - 1) / tile.outputs)
        }

        /// Multiplications for each pair of channels.
        fileprivate func products(_ tile: WinogradConvolution.Tile) -> Int {
            tiles(tile) * tile.points * tile.points
        }
    }

    package let method: Method
    /// Why the row is there.
    package let reason: String
    private let fits: @Sendable (Case) -> Bool

    private init(_ method: Method, because reason: String, where fits: @escaping @Sendable (Case) -> Bool) {
        self.method = method
        self.reason = reason
        self.fits = fits
    }

    private static let otherWindow = ConvolutionChoice(
        .direct, because: "Winograd's method is for 3×3 with stride 1"
    ) { $0.window != WindowGeometry(kernel: 3, stride: 1, padding: 1) }

    /// Where weights are transformed once and for all.
    private static let judging =
        [
            ConvolutionChoice(
                .winograd(.image), because: "half the products, and few transforms beside so many outputs"
            ) {
                $0.window == WinogradConvolution.Tile.image.window && $0.width >= WinogradConvolution.leastImageWidth
            },
            ConvolutionChoice(.direct, because: "Winograd's method is for 3×3 with stride 1 or 2 and an image's 7×7") {
                $0.window != WinogradConvolution.Tile.two.window && !$0.isStrided
            },
            ConvolutionChoice(
                .winograd(.four),
                because: "a quarter of the products repays that floats, which transforms need, take twice as long"
            ) { $0.precision == .bfloat16 && $0.window.stride == 1 && $0.pixels >= 28 * 28 },
            ConvolutionChoice(
                .direct, because: "products of bfloat16 are cheaper than transforms of fewer or smaller tiles"
            ) { $0.precision != .float32 },
        ] + judgingStrided + judgingDense

    /// So many tiles of a batch repay weights that come from memory for them.
    private static let batchTiles = 32

    /// In floats, 3×3 with stride 2: the middle weight of a line saves nothing, so it takes more tiles to repay larger weights.
    private static let judgingStrided = [
        ConvolutionChoice(
            .winograd(.stridedFour),
            because: "four products of seven of the definition, and tiles enough for its weights"
        ) {
            $0.isStrided && ($0.tiles(.stridedFour) >= 25 || $0.images * $0.tiles(.stridedFour) >= batchTiles)
                && $0.products(.stridedFour) * 10 <= $0.products(.stridedTwo) * 9
        },
        ConvolutionChoice(
            .winograd(.stridedTwo), because: "seven products of ten of the definition, and weights 1.8 times as large"
        ) { $0.isStrided && $0.pixels >= 10 * 10 },
        ConvolutionChoice(.direct, because: "few tiles don't repay transformed weights, which come from memory") {
            $0.isStrided
        },
    ]

    /// In floats, 3×3 with stride 1.
    private static let judgingDense = [
        ConvolutionChoice(
            .winograd(.four),
            because: "a third of the products of 2×2 tiles or fewer, and tiles enough for its large weights"
        ) { $0.tiles(.four) >= 9 && $0.products(.four) * 14 <= $0.products(.two) * 10 },
        ConvolutionChoice(
            .winograd(.four), because: "fewest products, and a batch's tiles enough for its large weights"
        ) {
            $0.images * $0.tiles(.four) >= batchTiles
                && $0.products(.four) * 10 <= min($0.products(.two), $0.products(.three)) * 9
        },
        ConvolutionChoice(
            .winograd(.three), because: "four products of five of 2×2 tiles, where 4×4 would leave much of a tile empty"
        ) { $0.tiles(.three) >= 16 && $0.products(.three) * 10 <= $0.products(.two) * 9 },
        ConvolutionChoice(
            .winograd(.two), because: "half the products of the definition, and weights only 1.8 times as large"
        ) {
            $0.pixels >= 6 * 6
        },
        ConvolutionChoice(.direct, because: "few tiles don't repay transformed weights, which come from memory") { _ in
            true
        },
    ]

    /// Where weights are transformed at each step.
    private static let training = [
        otherWindow,
        ConvolutionChoice(.direct, because: "pairs of bfloat16 are multiplied at twice the rate of floats") {
            $0.precision != .float32 && $0.pixels < 14 * 14
        },
        ConvolutionChoice(
            .winograd(.four), because: "a quarter of the products, and a batch's tiles meet each transformed weight"
        ) { $0.pixels >= 6 * 6 },
        ConvolutionChoice(.direct, because: "transforming the weights costs more than it saves") { _ in true },
    ]

    /// Where it is sums over all images' tiles that are transformed, and no weights.
    private static let weightGradients = [
        otherWindow,
        ConvolutionChoice(.winograd(.four), because: "a third of the products, and transforms are few beside them") {
            $0.pixels >= 6 * 6
        },
        ConvolutionChoice(.direct, because: "transforming the sums costs more than it saves") { _ in true },
    ]

    /// The row that fits a convolution of inference.
    package static func whileJudging(_ convolution: Case) -> ConvolutionChoice { first(of: judging, for: convolution) }
    /// The row that fits a convolution's forward pass in training.
    package static func whileTraining(_ convolution: Case) -> ConvolutionChoice {
        first(of: training, for: convolution)
    }

    /// The row that fits the gradient of a convolution's weights.
    package static func ofWeightGradients(_ convolution: Case) -> ConvolutionChoice {
        first(of: weightGradients, for: convolution)
    }

    private static func first(of rows: [ConvolutionChoice], for convolution: Case) -> ConvolutionChoice {
        guard let row = rows.first(where: { $0.fits(convolution) }) else {
            preconditionFailure("the last row fits all")
        }
        return row
    }
}
