// SPDX-License-Identifier: Apache-2.0
internal import CResampling
internal import Processor

/// Resamples rows across, and adds rows up, by the kernels of `CResampling`; rows are of four samples a pixel.
///
/// The kernels read whole registers: windows are of one length, filled up with zero weights, and a row in memory is
/// longer than its pixels by that length.
@safe struct RowResampler {
    static let samplesPerPixel = cr_samples
    /// Rows that `narrow` takes.
    static let rowsAtOnce = cr_rows

    /// Bytes from one input row to the next, at least: a multiple of 32, so that no row lies better in memory than another.
    let inputPitch: Int
    /// Samples of an output row.
    let outputCount: Int
    private let first: [Int32]
    /// [output pixel][tap]
    private let weights: [Int32]
    private let tapCount: Int
    private let kernels: UnsafePointer<cr_kernels>

    /// - Parameter inputCount: Pixels of a row, all of which lie in the windows of `weights`.
    init(_ weights: ResamplingWeights, inputCount: Int, on instructionSet: InstructionSet) {
        precondition(InstructionSet.available.contains(instructionSet), "this machine has no \(instructionSet)")
        precondition(weights.windows.allSatisfy { 0 <= $0.first && $0.end <= inputCount }, "windows lie in the row")
        let longest = weights.windows.map(\.weights.count).max() ?? 0
        let tapCount = (longest + cr_taps_multiple - 1) / cr_taps_multiple * cr_taps_multiple
        self.tapCount = tapCount
        first = weights.windows.map { Int32($0.first) }
        self.weights = weights.windows.flatMap { window in
            weights.fixedPoint[window.weights] + [Int32](repeating: 0, count: tapCount - window.weights.count)
        }
        inputPitch = ((inputCount + tapCount) * Self.samplesPerPixel + 31) / 32 * 32
        outputCount = weights.windows.count * Self.samplesPerPixel
        unsafe kernels = cr_kernels_at(instructionSet.resamplingLevel)
    }

    /// Resamples two rows: [2][inputPitch or more] samples to [2][outputCount]. What lies behind a row's pixels does not
    /// matter.
    func narrow(_ rows: Span<UInt8>, into narrowed: inout [UInt8]) {
        let pitch = rows.count / Self.rowsAtOnce
        precondition(rows.count == Self.rowsAtOnce * pitch && pitch >= inputPitch, "two rows")
        precondition(narrowed.count == Self.rowsAtOnce * outputCount, "room for two rows")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe narrowed.withUnsafeMutableBufferPointer { narrowed in
                unsafe first.withUnsafeBufferPointer { first in
                    unsafe weights.withUnsafeBufferPointer { weights in
                        // SAFETY: `init` made every window end within a pitch; the counts are checked above.
                        var windows = unsafe cr_windows(
                            first: first.baseAddress, weights: weights.baseAddress, count: first.count, taps: tapCount)
                        unsafe kernels.pointee.narrow(rows.baseAddress, pitch, &windows, narrowed.baseAddress)
                    }
                }
            }
        }
    }

    /// sums[i] += narrowed[i] · weight for `outputCount` samples from the two places on.
    func accumulate(
        _ narrowed: [UInt8], from place: Int, weight: Int32, into sums: inout [Int32], at sumPlace: Int
    ) {
        precondition(0 <= place && place + outputCount <= narrowed.count, "a row")
        precondition(0 <= sumPlace && sumPlace + outputCount <= sums.count, "a sum for each sample")
        unsafe narrowed.withUnsafeBufferPointer { narrowed in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                guard let row = narrowed.baseAddress, let sums = sums.baseAddress else { return }
                // SAFETY: both have `outputCount` elements from their places on.
                unsafe kernels.pointee.accumulate(sums + sumPlace, row + place, weight, outputCount)
            }
        }
    }
}

extension InstructionSet {
    fileprivate var resamplingLevel: cr_level {
        self >= .avx512 ? cr_avx512 : self >= .avx2 ? cr_avx2 : cr_baseline
    }
}
