import SafetensorsModule

/// What an instruction of a pickle makes.
///
/// Containers are numbers of places in the reader, so that no nesting makes anything recurse and no loop keeps memory alive.
enum PickleValue: Equatable {
    /// What stands between the elements of a container and what was there before.
    case mark
    case none
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction, which nothing needs.
    case fraction
    /// UTF-8 in the pickle.
    case text(Range<Int>)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
}

/// The functions and classes that tensors need.
enum PickleGlobal: Equatable {
    case orderedDictionary
    /// `torch._utils._rebuild_tensor_v2`, or the one before without the last arguments.
    case tensor
    /// `torch._utils._rebuild_parameter`.
    case parameter
    /// The class of a storage, which says what its elements are.
    case storage(ElementType)

    /// The global of a name; nil for all others.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .tensor
        case ("torch._utils", "_rebuild_parameter"): self = .parameter
        case ("torch", _):
            guard let type = Self.storages[name] else { return nil }
            self = .storage(type)
        default: return nil
        }
    }

    private static let storages: [String: ElementType] = [
        "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16, "DoubleStorage": .f64,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool,
    ]
}

/// Elements that tensors are views of.
struct PickleStorage: Equatable {
    var key: String
    var elementType: ElementType
    var elementCount: Int
}

/// A view of a storage.
struct PickleTensor: Equatable {
    /// The storage's number in the reader.
    var storage: Int
    /// The first element's place in the storage, in elements.
    var offset: Int
    /// Outermost first.
    var shape: [Int]
    /// The distance between neighbours of each dimension, in elements.
    var strides: [Int]
}
