/// What a checkpoint's pickle may hold. Containers are handles into the machine's arenas.
///
/// Handles, because a hostile file nests a million tuples or puts a dictionary into itself: as nested values, the first
/// would overflow the stack when they are freed, the second would never be freed.
enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case callable(PickleCallable)
    case storageType(ElementType)
    case storage(Int)
    case tensor(Int)
}

/// The only functions whose call is understood; none is ever executed, their meaning is built in.
enum PickleCallable: Sendable {
    case orderedDictionary, rebuildTensor, rebuildParameter
}

/// A member `data/KEY` of the archive.
struct PickledStorage: Sendable, Equatable {
    let key: String
    let type: ElementType
    /// Elements.
    let count: Int
}

/// A view of a storage.
struct PickledTensor: Sendable, Equatable {
    let storage: PickledStorage
    /// Elements from the storage's start.
    let offset: Int
    let shape: [Int]
    /// Elements from one index to the next, per axis.
    let strides: [Int]
}

/// The names that a pickle may refer to; every other is refused by name.
enum PickleGlobals {
    static func value(module: String, name: String) -> PickleValue? {
        switch (module, name) {
        case ("collections", "OrderedDict"): .callable(.orderedDictionary)
        case ("torch._utils", "_rebuild_tensor_v2"): .callable(.rebuildTensor)
        case ("torch._utils", "_rebuild_parameter"): .callable(.rebuildParameter)
        case ("torch", _): storageTypes[name].map { .storageType($0) }
        default: nil
        }
    }

    private static let storageTypes: [String: ElementType] = [
        "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool,
    ]
}
