// SPDX-License-Identifier: Apache-2.0
internal import Processor

/// A photograph's whole frame, small: where its field is looked for, and what the quality grader sees.
///
/// It is decoded as small as leaves the pixels that are needed, so that it costs a part of a full decode.
struct FrameOverview {
    let source: (width: Int, height: Int)
    /// In its proportions, at `RetinaField.searchSize`.
    let thumbnail: RGBPicture
    /// Squeezed into `QualityGrader.pictureSide` squared.
    let squeezed: RGBPicture

    var layout: FrameLayout { FrameLayout(in: thumbnail, of: source) }

    static func shrinkage(of source: (width: Int, height: Int)) -> DecodeShrinkage {
        let longest = max(source.width, source.height)
        let (search, graded) = (RetinaField.searchSide, QualityGrader.pictureSide)
        let searched = DecodeShrinkage(from: (longest, longest), to: (search, search), margin: 1)
        let seen = DecodeShrinkage(from: source, to: (graded, graded), margin: 1)
        return searched.rawValue < seen.rawValue ? searched : seen
    }
}

/// Makes an overview of rows as they come.
struct FrameOverviewResizer {
    private let source: (width: Int, height: Int)
    private var thumbnail: StreamingResizer
    private var squeezed: StreamingResizer
    /// As of `StreamingResizer`.
    let pitch: Int

    init(of source: (width: Int, height: Int), shrunk shrinkage: DecodeShrinkage, on instructionSet: InstructionSet) {
        self.source = source
        let side = QualityGrader.pictureSide
        thumbnail = StreamingResizer(
            from: source, shrunk: shrinkage, to: RetinaField.searchSize(of: source), on: instructionSet)
        squeezed = StreamingResizer(from: source, shrunk: shrinkage, to: (side, side), on: instructionSet)
        pitch = max(thumbnail.pitch, squeezed.pitch)
    }

    mutating func add(_ rows: Span<UInt8>) {
        thumbnail.add(rows)
        squeezed.add(rows)
    }

    consuming func finish() -> FrameOverview {
        FrameOverview(source: source, thumbnail: thumbnail.finish(), squeezed: squeezed.finish())
    }
}
