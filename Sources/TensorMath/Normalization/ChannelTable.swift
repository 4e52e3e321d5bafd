// SPDX-License-Identifier: Apache-2.0
/// What a batch norm knows of each channel between its passes, a row for each number.
struct ChannelTable {
    enum Row: Int, CaseIterable {
        case mean
        /// 1/√(σ² + ε).
        case inverseDeviation
        /// The normalization as one multiplication and one addition: y = factor·x + offset.
        case factor, offset
        /// The input's gradient: gradientFactor·g + inputFactor·(x − mean) + constant.
        case gradientFactor, inputFactor, constant
    }

    private let memory: TensorSlice
    /// A multiple of 16.
    let channels: Int

    init(memory: TensorSlice, channels: Int) {
        precondition(memory.count >= Row.allCases.count * channels, "a table shorter than its rows")
        self.memory = memory
        self.channels = channels
    }

    func value(_ row: Row, _ channel: Int) -> Float { memory.span[row.rawValue * channels + channel] }

    func set(_ row: Row, _ channel: Int, _ value: Double) {
        var span = memory.mutableSpan
        span[row.rawValue * channels + channel] = Float(value)
    }

    func pointer(_ row: Row) -> UnsafePointer<Float> {
        unsafe UnsafePointer(memory.pointer + row.rawValue * channels)
    }
}
