import SafetensorsModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Opens the input as a safetensors file and reads every value of every tensor.
struct SafetensorsTarget: FuzzTarget {
    static let name = "safetensors"

    let seeds: [[UInt8]]

    let fragments = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0061", "\\uD83D", "\\uDE00", " ", "\n", "\0", "é",
        "\u{FEFF}",
        "null", "true", "{}", "[]", "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":{},",
        "\"__metadata__\"", "F32", "F16", "BF16", "I64", "U8", "BOOL", "\"a\":\"b\",", "[0,0]",
        "\"t\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},",
    ]

    init() throws {
        var mixed = SafetensorsWriter(metadata: ["format": "pt", "note": "line\nbreak, ü, \u{01}"])
        mixed.append("position_ids", shape: [1, 3], integers: [0, -1, .max])
        mixed.append("embeddings.weight", shape: [3, 4], floats: [Float](repeating: 0.5, count: 12))
        mixed.append("naïve \"名\"", shape: [2], floats: [.nan, .infinity], as: .bf16)
        mixed.append("half", shape: [2, 2], floats: [1, -2, 65504, 6e-8], as: .f16)
        mixed.append("scalar", shape: [], floats: [1])
        mixed.append("empty", shape: [0, 7], floats: [])

        var plain = SafetensorsWriter()
        for index in 0..<4 {
            plain.append("layer.\(index).weight", shape: [2, 2], floats: [1, 2, 3, 4], as: .bf16)
            plain.append("layer.\(index).bias", shape: [2], floats: [1, 2])
        }
        let scratch = try ScratchDirectory()
        seeds = try [mixed, plain, SafetensorsWriter()].map { writer in
            try writer.write(to: scratch.file("seed"))
            return [UInt8](try Data(contentsOf: URL(filePath: scratch.file("seed"))))
        }
    }

    /// Lets the header's length follow what was inserted or removed, so that the rest of the header is read.
    func repair(_ input: inout [UInt8], seed: [UInt8]) {
        guard input.count >= 8 else { return }
        let length = seed.prefix(8).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let repaired = length + Int64(input.count - seed.count)
        for index in 0..<8 { input[index] = UInt8(truncatingIfNeeded: repaired >> Int64(8 * index)) }
    }

    func run(_ input: [UInt8], path: String) -> String {
        do throws(SafetensorsError) {
            let file = try SafetensorsFile(path: path)
            for name in file.tensorNames {
                guard let info = file.info(named: name) else { return "LISTED BUT ABSENT" }
                let count =
                    info.elementType == .i64
                    ? try file.integers(named: name).count : try file.floats(named: name).count
                guard count == info.elementCount, info.byteCount <= input.count else { return "WRONG COUNT" }
            }
            return "accepted"
        } catch {
            return error.description.hasPrefix(path) ? outcome(of: error) : "BAD DESCRIPTION"
        }
    }
}
