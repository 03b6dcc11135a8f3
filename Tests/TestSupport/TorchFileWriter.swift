/// Writes tensors as `torch.save` did before 2020, for checkpoints with `pytorch_model.bin`.
package struct TorchFileWriter {
    private var entries: [UInt8] = []
    private var keys: [UInt8] = []
    private var storages: [UInt8] = []
    private var count = 0

    package init() {}

    /// Adds a tensor.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - shape: its dimensions, outermost first.
    ///   - floats: its elements, row-major.
    package mutating func append(_ name: String, shape: [Int], floats: [Float]) {
        let key = "\(count)"
        count += 1
        var strides: [Int] = []
        var inner = 1
        for size in shape.reversed() {
            strides.insert(inner, at: 0)
            inner *= size
        }
        let storage =
            text("storage") + global("torch", "FloatStorage") + text(key) + text("cpu")
            + integer(floats.count)
            + Array("N".utf8)
        entries += text(name) + global("torch._utils", "_rebuild_tensor_v2")
        entries += Array("((".utf8) + storage + Array("tQ".utf8) + integer(0)
        entries += tuple(shape) + tuple(strides) + [0x89] + Self.dictionary + Array("tR".utf8)
        keys += text(key)
        storages += Self.bytes(UInt64(floats.count)) + floats.flatMap { Self.bytes($0.bitPattern) }
    }

    /// The file.
    package var bytes: [UInt8] {
        let signature: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        let pickles: [[UInt8]] = [
            signature, [0x4D, 0xE9, 0x03], Array("}".utf8),
            Self.dictionary + Array("(".utf8) + entries + Array("u".utf8),
            Array("](".utf8) + keys + Array("e".utf8),
        ]
        return pickles.flatMap { [0x80, 0x02] + $0 + Array(".".utf8) } + storages
    }

    private static let dictionary = Array("ccollections\nOrderedDict\n)R".utf8)

    private func text(_ text: String) -> [UInt8] {
        Array("X".utf8) + Self.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    private func integer(_ value: Int) -> [UInt8] { Array("J".utf8) + Self.bytes(UInt32(value)) }

    private func tuple(_ values: [Int]) -> [UInt8] {
        Array("(".utf8) + values.flatMap(integer) + Array("t".utf8)
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
