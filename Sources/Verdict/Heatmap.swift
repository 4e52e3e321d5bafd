// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// The photograph with the places colored that spoke for disease: the JPEG that lies beside a verdict.
package enum Heatmap {
    /// Pixels of the longer side at most: enough to find the place in the photograph, small enough to send around.
    package static let longestSide = 1024

    private static let jpegQuality = 85

    /// Turned as the photograph asks, like the input that the map is of: it lies beside what every viewer shows.
    ///
    /// - Parameters:
    ///   - rectangle: what of the photograph the network saw, in its pixels; nil for all of it.
    ///   - content: the photograph's file, whole; it is decoded once more, at the heatmap's size.
    ///   - progress: called as the work advances.
    package static func jpeg(
        _ map: DiseaseMap, seen rectangle: PictureRectangle? = nil, over content: ImageContent,
        by model: ModelIdentity, longestSide: Int = longestSide, maximumPixels: Int, progress: () -> Void = {}
    ) throws(DecodeFailure) -> [UInt8] {
        let image = try image(content, longestSide, maximumPixels, progress)
        let orientation = Orientation(of: content.bytes ?? [])
        let stored = (width: image.sourceWidth, height: image.sourceHeight)
        let painted = HeatmapPainter.paint(
            map, seen: orientation.shown(rectangle ?? PictureRectangle(wholeOf: stored), of: stored),
            of: orientation.swapsSides ? (stored.height, stored.width) : stored,
            over: orientation.shown(image.picture))
        return JPEGComment.adding(
            comment(content, model), to: try JPEGEncoder.encode(painted, quality: jpegQuality))
    }

    /// The photograph itself at a heatmap's size, to lie beside it.
    package static func photograph(
        _ content: ImageContent, longestSide: Int, maximumPixels: Int
    ) throws(DecodeFailure) -> [UInt8] {
        let picture = try image(content, longestSide, maximumPixels) {}.picture
        return try JPEGEncoder.encode(Orientation(of: content.bytes ?? []).shown(picture), quality: jpegQuality)
    }

    private static func image(
        _ content: ImageContent, _ longestSide: Int, _ maximumPixels: Int, _ progress: () -> Void
    ) throws(DecodeFailure) -> DecodedImage {
        let bytes = content.bytes ?? []
        // Whatever could be judged: which formats may be was asked before.
        let photographs = PhotographDecoder(.jpegAndPNG, maximumPixels: maximumPixels)
        return try photographs.decode(
            bytes, resizedTo: size(of: photographs.header(of: bytes), longestSide: longestSide), progress: progress)
    }

    /// The photograph's own size, or smaller in proportion.
    private static func size(of header: PhotographDecoder.Header, longestSide: Int) -> (width: Int, height: Int) {
        let longest = max(header.width, header.height)
        if longest <= longestSide { return (header.width, header.height) }
        return (max(1, header.width * longestSide / longest), max(1, header.height * longestSide / longest))
    }

    /// What the picture is and belongs to, in case it is found alone.
    private static func comment(_ content: ImageContent, _ model: ModelIdentity) -> String {
        let software = Verdict.Software.current
        return """
            \(software.name) \(software.version) heatmap of the image with SHA-256 \(content.sha256), model \(model.id): \
            blue to white marks what spoke for disease. \(Verdict.intendedUseStatement)
            """
    }
}
