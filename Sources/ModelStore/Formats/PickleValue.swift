// SPDX-License-Identifier: Apache-2.0
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
    /// Something of a training that holds no weights (its options, a NumPy number): not built, only its place is kept.
    case inert
}

/// The only functions whose call is understood; none is ever executed, their meaning is built in.
enum PickleCallable: Sendable {
    case orderedDictionary, rebuildTensor, rebuildParameter
    /// Whatever it would make is `PickleValue.inert`.
    case inert
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
        case ("torch", _) where storageTypes[name] != nil: storageTypes[name].map { .storageType($0) }
        default: inert.contains("\(module).\(name)") ? .callable(.inert) : nil
        }
    }

    /// What training scripts keep beside the weights: options, paths, numbers of NumPy, devices and number types.
    private static let inert: Set = [
        "argparse.Namespace", "collections.defaultdict", "collections.Counter", "_codecs.encode",
        "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
        "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "pathlib._local.PosixPath",
        "datetime.datetime", "datetime.timedelta", "datetime.date",
        "__builtin__.set", "builtins.set", "__builtin__.list", "builtins.list", "__builtin__.dict", "builtins.dict",
        "__builtin__.int", "__builtin__.long", "builtins.int", "__builtin__.float", "builtins.float",
        "easydict.EasyDict", "pytorch_lightning.utilities.parsing.AttributeDict",
        "lightning_fabric.utilities.data.AttributeDict", "lightning.fabric.utilities.data.AttributeDict",
        "torch.device", "torch.Size", "torch.float64", "torch.float32", "torch.float16", "torch.bfloat16",
        "torch.int64",
        "torch.int32", "torch.uint8", "torch.bool", "torch.strided", "torch.contiguous_format", "torch.channels_last",
    ]

    private static let storageTypes: [String: ElementType] = [
        "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool,
    ]
}
