import FileModule

/// The index of weights that are spread over several files: which file has which tensor.
struct ShardIndex {
    let path: String
    /// The names of the files, each once, in the order of their names.
    private let fileNames: [String]
    /// The names of the tensors of each file.
    private let tensors: [String: Set<String>]

    /// Reads an index.
    ///
    /// - Throws: `unreadableFile`, `notJSONObject`, `invalidValue`, `invalidIndex` for a name that leads out of the directory.
    init(path: String) throws(EncoderError) {
        self.path = path
        var tensors: [String: Set<String>] = [:]
        for (tensor, file) in try ConfigurationFile(path: path).strings("weight_map") {
            let isPlain = !file.isEmpty && !file.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
            guard isPlain, file != "..", file != "." else {
                throw .invalidIndex(
                    file: path,
                    problem: "\(JSONText.quoted(file)) is no name of a file beside it"
                )
            }
            tensors[file, default: []].insert(tensor)
        }
        guard !tensors.isEmpty else { throw .invalidIndex(file: path, problem: "it lists no tensors") }
        self.tensors = tensors
        fileNames = tensors.keys.sorted()
    }

    /// Opens all files and compares what they hold with what the index says.
    ///
    /// - Parameters:
    ///   - directory: where they are.
    ///   - open: opens one.
    /// - Returns: the files.
    /// - Throws: `invalidIndex`, and what `open` throws.
    func open(
        in directory: String,
        _ open: (String) throws(EncoderError) -> any TensorFile
    ) throws(EncoderError) -> [any TensorFile] {
        var files: [any TensorFile] = []
        for name in fileNames {
            let file = try open("\(directory)/\(name)")
            let listed = tensors[name] ?? []
            let held = Set(file.tensorNames)
            if let missing = listed.subtracting(held).min() {
                throw .invalidIndex(
                    file: path,
                    problem: "it says that \(name) holds \(JSONText.quoted(missing)), which it does not"
                )
            }
            if let further = held.subtracting(listed).min() {
                throw .invalidIndex(
                    file: path,
                    problem: "\(name) holds \(JSONText.quoted(further)), which it does not list"
                )
            }
            files.append(file)
        }
        return files
    }
}
