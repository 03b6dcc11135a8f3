import TorchFileModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Opens the input as `pytorch_model.bin` and reads every value of every tensor.
struct TorchFileTarget: FuzzTarget {
    static let name = "torch-file"

    /// The fixtures of TorchFileModuleTests, in both forms.
    let seeds: [[UInt8]]
    let fragments = [
        "PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}",
        "ctorch._utils\n_rebuild_tensor_v2\n",
        "ccollections\nOrderedDict\n", "ctorch\nFloatStorage\n", "cos\nsystem\n", "q\u{1}", "h\u{1}", "(",
        "t", "R", "Q", "}", "]",
        "u", "s", "e", "b", "K\u{7F}", "M\u{7F}\u{7F}", "J\u{7F}\u{7F}\u{7F}\u{7F}", "X\u{1}\0\0\0a", "N",
        ".", "\0", "\u{7F}",
    ]

    init() throws {
        let fixtures = URL(filePath: #filePath)  // Benchmarks/Fuzz/Sources/fuzz/TorchFileTarget.swift
            .appending(path: "../../../../../Tests/TorchFileModuleTests/Fixtures").standardizedFileURL
        seeds = try ["zip.bin", "legacy.bin"].map {
            [UInt8](try Data(contentsOf: fixtures.appending(path: $0)))
        }
    }

    func run(_ input: [UInt8], path: String) -> String {
        do throws(TorchFileError) {
            let file = try TorchFile(path: path)
            for name in file.tensorNames {
                guard let shape = file.shape(named: name), let type = file.elementType(named: name) else {
                    return "LISTED BUT ABSENT"
                }
                guard ["F32", "F16", "BF16"].contains(type.rawValue) else { continue }
                let values = try file.floats(named: name)
                guard values.count == shape.reduce(1, *), values.count <= input.count else {
                    return "WRONG COUNT"
                }
            }
            return "accepted"
        } catch {
            return error.description.hasPrefix(path) ? outcome(of: error) : "BAD DESCRIPTION"
        }
    }
}
