// SPDX-License-Identifier: Apache-2.0
internal import Hashing

/// Reads the pickle of a PyTorch checkpoint without executing anything.
///
/// A pickle is a program for a stack machine (CPython `Lib/pickletools.py` describes every opcode). This machine knows the
/// protocol-2 opcodes that `torch.save` writes and can build tensors, storages, dictionaries, lists, tuples, numbers
/// and strings. What a few harmless names would make is passed over, unmade. Any other opcode or global name ends it with a
/// failure that names it.
struct PickleMachine {
    /// A ResNet-50's pickle has 34 kB.
    static let largestPickle = 4 << 20
    static let deepestStack = 100_000
    static let largestMemo = 1_000_000
    static let highestRank = 8

    private let program: [UInt8]
    let path: String
    /// The byte after the last that was read.
    private(set) var place: Int
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private(set) var tuples: [[PickleValue]] = []
    private(set) var lists: [[PickleValue]] = []
    private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    private(set) var storages: [PickledStorage] = []
    private(set) var tensors: [PickledTensor] = []

    /// - Parameter place: where the program begins; bytes after its STOP are left alone.
    init(_ program: [UInt8], path: String, from place: Int = 0) {
        self.program = program
        self.path = path
        self.place = place
    }

    /// Runs to STOP and gives what is then on top.
    mutating func run() throws(ModelFailure) -> PickleValue {
        while true {
            let opcode = try byte()
            if opcode == UInt8(ascii: ".") { return try pop() }
            if try pushConstant(opcode) { continue }
            if try useMemo(opcode) { continue }
            if try buildContainer(opcode) { continue }
            if try fillContainer(opcode) { continue }
            guard try refer(opcode) else { throw unknown(opcode) }
        }
    }

    private func unknown(_ opcode: UInt8) -> ModelFailure {
        ModelFailure(
            .refused, path, "uses the pickle operation 0x\([opcode].hexadecimal), which no state_dict needs",
            remedy: "save the state_dict with torch.save and its default protocol")
    }

    func damaged(_ message: String) -> ModelFailure {
        ModelFailure(
            .damaged, path, "its pickle \(message) at byte \(place)", remedy: "the file is damaged: save it again")
    }

    // MARK: the program

    private mutating func byte() throws(ModelFailure) -> UInt8 {
        guard place < program.count else { throw damaged("ends without STOP") }
        defer { place += 1 }
        return program[place]
    }

    private mutating func bytes(_ count: Int) throws(ModelFailure) -> ArraySlice<UInt8> {
        guard count <= program.count - place else { throw damaged("announces \(count) bytes that are not there") }
        defer { place += count }
        return program[place..<place + count]
    }

    private mutating func unsigned(_ width: Int) throws(ModelFailure) -> Int {
        try bytes(width).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func string(_ count: Int) throws(ModelFailure) -> PickleValue {
        guard let text = String(validating: try bytes(count), as: UTF8.self) else {
            throw damaged("has a broken string")
        }
        return .string(text)
    }

    private mutating func line() throws(ModelFailure) -> String {
        guard let end = program[place...].prefix(256).firstIndex(of: UInt8(ascii: "\n")) else {
            throw damaged("has a name without an end")
        }
        defer { place = end + 1 }
        return String(decoding: program[place..<end], as: UTF8.self)
    }

    // MARK: the stack

    private mutating func push(_ value: PickleValue) throws(ModelFailure) {
        guard stack.count < Self.deepestStack else { throw damaged("stacks more than \(Self.deepestStack) values") }
        stack.append(value)
    }

    private mutating func pop() throws(ModelFailure) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw damaged("takes from an empty stack")
        }
        return value
    }

    private mutating func popToMark() throws(ModelFailure) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw damaged("lacks a mark") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private func top() throws(ModelFailure) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else { throw damaged("reads an empty stack") }
        return value
    }

    // MARK: the operations

    private mutating func pushConstant(_ opcode: UInt8) throws(ModelFailure) -> Bool {
        switch opcode {
        case 0x80:  // PROTO
            guard try byte() <= 2 else { throw unsupportedProtocol() }
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.bool(true))
        case 0x89: try push(.bool(false))
        case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case UInt8(ascii: "K"): try push(.integer(try unsigned(1)))
        case UInt8(ascii: "M"): try push(.integer(try unsigned(2)))
        case 0x8A: try push(.integer(try longInteger()))
        case UInt8(ascii: "G"):  // BINFLOAT, big-endian
            try push(.float(Double(bitPattern: try bytes(8).reduce(0) { $0 << 8 | UInt64($1) })))
        case UInt8(ascii: "X"): try push(try string(try unsigned(4)))
        case UInt8(ascii: "U"): try push(try string(try unsigned(1)))
        default: return false
        }
        return true
    }

    private func unsupportedProtocol() -> ModelFailure {
        ModelFailure(
            .unsupported, path, "its pickle has a protocol above 2",
            remedy: "save it with torch.save's default protocol")
    }

    /// LONG1: a count, then that many bytes of a two's complement number.
    private mutating func longInteger() throws(ModelFailure) -> Int {
        let digits = try bytes(try unsigned(1))
        guard digits.count <= 8 else { throw damaged("has a number beyond 64 bits") }
        let isNegative = digits.last.map { $0 >= 0x80 } ?? false
        return digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    }

    private mutating func useMemo(_ opcode: UInt8) throws(ModelFailure) -> Bool {
        switch opcode {
        case UInt8(ascii: "q"): try remember(at: try unsigned(1))
        case UInt8(ascii: "r"): try remember(at: try unsigned(4))
        case UInt8(ascii: "h"): try recall(try unsigned(1))
        case UInt8(ascii: "j"): try recall(try unsigned(4))
        default: return false
        }
        return true
    }

    private mutating func remember(at index: Int) throws(ModelFailure) {
        memo[index] = try top()
        guard memo.count <= Self.largestMemo else { throw damaged("remembers more than \(Self.largestMemo) values") }
    }

    private mutating func recall(_ index: Int) throws(ModelFailure) {
        guard let value = memo[index] else { throw damaged("recalls what it never remembered") }
        try push(value)
    }

    private mutating func buildContainer(_ opcode: UInt8) throws(ModelFailure) -> Bool {
        switch opcode {
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: ")"): try pushTuple([])
        case UInt8(ascii: "t"): try pushTuple(try popToMark())
        case 0x85: try pushTuple([try pop()])
        case 0x86, 0x87:
            var items: [PickleValue] = []
            for _ in 0..<Int(opcode - 0x84) { items.append(try pop()) }
            try pushTuple(items.reversed())
        case UInt8(ascii: "]"):
            lists.append([])
            try push(.list(lists.count - 1))
        case UInt8(ascii: "}"): try pushDictionary()
        default: return false
        }
        return true
    }

    private mutating func pushTuple(_ items: [PickleValue]) throws(ModelFailure) {
        tuples.append(items)
        try push(.tuple(tuples.count - 1))
    }

    private mutating func pushDictionary() throws(ModelFailure) {
        dictionaries.append([])
        try push(.dictionary(dictionaries.count - 1))
    }

    private mutating func fillContainer(_ opcode: UInt8) throws(ModelFailure) -> Bool {
        switch opcode {
        case UInt8(ascii: "s"):
            let value = try pop()
            try setItems([try pop(), value])
        case UInt8(ascii: "u"): try setItems(try popToMark())
        case UInt8(ascii: "a"): try append([try pop()])
        case UInt8(ascii: "e"): try append(try popToMark())
        case UInt8(ascii: "b"):  // BUILD: attributes of an ordered dictionary, such as its version numbers
            _ = try pop()
            switch try top() {
            case .dictionary, .inert: break
            default: throw damaged("sets attributes of what is no dictionary")
            }
        default: return false
        }
        return true
    }

    private mutating func setItems(_ items: [PickleValue]) throws(ModelFailure) {
        if case .inert = try top() { return }
        guard case .dictionary(let handle) = try top(), items.count % 2 == 0 else {
            throw damaged("fills no dictionary")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            dictionaries[handle].append((items[index], items[index + 1]))
        }
    }

    private mutating func append(_ items: [PickleValue]) throws(ModelFailure) {
        if case .inert = try top() { return }
        guard case .list(let handle) = try top() else { throw damaged("fills no list") }
        lists[handle].append(contentsOf: items)
    }

    private mutating func refer(_ opcode: UInt8) throws(ModelFailure) -> Bool {
        switch opcode {
        case UInt8(ascii: "c"): try pushGlobal(module: try line(), name: try line())
        case UInt8(ascii: "Q"):
            storages.append(try storage(try pop()))
            try push(.storage(storages.count - 1))
        case UInt8(ascii: "R"):
            let arguments = try pop()
            try call(try pop(), arguments)
        case 0x81:  // NEWOBJ: cls.__new__(cls, *arguments)
            _ = try pop()
            guard case .callable(.inert) = try pop() else { throw damaged("makes an object in an unknown way") }
            try push(.inert)
        default: return false
        }
        return true
    }

    private mutating func pushGlobal(module: String, name: String) throws(ModelFailure) {
        guard let value = PickleGlobals.value(module: module, name: name) else {
            throw ModelFailure(
                .refused, path, "refers to \(module).\(name); nothing was executed and the file is refused",
                remedy: "save only the weights: torch.save(model.state_dict(), path)")
        }
        try push(value)
    }

    private mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws(ModelFailure) {
        guard case .callable(let callable) = callee, case .tuple(let handle) = arguments else {
            throw damaged("calls what is no function")
        }
        let arguments = tuples[handle]
        switch callable {
        case .orderedDictionary:
            guard arguments.isEmpty else { throw damaged("makes a dictionary in an unknown way") }
            try pushDictionary()
        case .rebuildTensor:
            tensors.append(try tensor(arguments))
            try push(.tensor(tensors.count - 1))
        case .rebuildParameter:
            guard case .tensor? = arguments.first else { throw damaged("makes a parameter of what is no tensor") }
            try push(arguments[0])
        case .inert: try push(.inert)
        }
    }
}
