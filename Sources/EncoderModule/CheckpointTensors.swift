import FileModule
import SafetensorsModule
import TorchFileModule

/// A file of tensors: what reading a checkpoint needs of it.
protocol TensorFile: Sendable {
    /// The path that errors name.
    var path: String { get }
    /// The names of all tensors.
    var tensorNames: [String] { get }

    /// The dimensions of a tensor, outermost first; nil when there is none of this name.
    func shape(of name: String) -> [Int]?

    /// All elements of a tensor, row-major.
    func elements(of name: String) throws(EncoderError) -> [Float]

    /// Some elements of a tensor, by their flat indices.
    func copyElements(
        _ elements: Range<Int>,
        of name: String,
        into destination: UnsafeMutableBufferPointer<Float>
    ) throws(EncoderError)

    /// Lets the system reclaim the memory of what was read.
    func releasePages()
}

extension SafetensorsFile: TensorFile {
    func shape(of name: String) -> [Int]? { info(named: name)?.shape }

    func elements(of name: String) throws(EncoderError) -> [Float] {
        do { return try floats(named: name) } catch { throw .safetensors(error) }
    }

    func copyElements(
        _ elements: Range<Int>,
        of name: String,
        into destination: UnsafeMutableBufferPointer<Float>
    ) throws(EncoderError) {
        do { try copyFloats(named: name, elements: elements, into: destination) } catch {
            throw .safetensors(error)
        }
    }
}

extension TorchFile: TensorFile {
    func shape(of name: String) -> [Int]? { shape(named: name) }

    func elements(of name: String) throws(EncoderError) -> [Float] {
        do { return try floats(named: name) } catch { throw .torchFile(error) }
    }

    func copyElements(
        _ elements: Range<Int>,
        of name: String,
        into destination: UnsafeMutableBufferPointer<Float>
    ) throws(EncoderError) {
        do { try copyFloats(named: name, elements: elements, into: destination) } catch {
            throw .torchFile(error)
        }
    }
}

/// The tensors of a checkpoint directory by name, whichever files hold them.
///
/// `model.safetensors`, or else the shards that `model.safetensors.index.json` lists, or else `pytorch_model.bin`, or else the
/// shards of `pytorch_model.bin.index.json`.
public final class CheckpointTensors: Sendable {
    /// The file that errors name: that of the weights, or the index of its shards.
    public let path: String
    /// The names of all tensors, file by file.
    public let names: [String]
    private let files: [String: any TensorFile]

    /// Opens the files and checks that they hold what the index says.
    ///
    /// - Parameter directory: the checkpoint directory.
    /// - Throws: `noWeights`, `invalidIndex`, `unreadableFile`, `notJSONObject`, `safetensors`, `torchFile`.
    public init(directory: String) throws(EncoderError) {
        let content = CheckpointDirectory(path: directory)
        let forms = ["model.safetensors", "pytorch_model.bin"].flatMap { [$0, $0 + ".index.json"] }
        guard let name = forms.first(where: content.has) else {
            throw .noWeights(directory: directory, found: content.foreignWeights)
        }
        path = "\(directory)/\(name)"
        let opened =
            name.hasSuffix(".json")
            ? try ShardIndex(path: path).open(in: directory, Self.open) : [try Self.open(path)]
        names = opened.flatMap(\.tensorNames)
        files = Dictionary(
            opened.flatMap { file in file.tensorNames.map { ($0, file) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The dimensions of a tensor, outermost first; nil when there is none of this name.
    public func shape(of name: String) -> [Int]? { files[name]?.shape(of: name) }

    /// All elements of a tensor, row-major.
    ///
    /// - Parameter name: one of ``names``.
    /// - Returns: as many values as the shape asks for.
    /// - Throws: `missingTensor`, and what the file throws whose elements are not floating-point numbers.
    public func floats(_ name: String) throws(EncoderError) -> [Float] {
        try file(of: name).elements(of: name)
    }

    /// The file that holds a tensor.
    func file(of name: String) throws(EncoderError) -> any TensorFile {
        guard let file = files[name] else { throw .missingTensor(file: path, tensor: name) }
        return file
    }

    /// Lets the system reclaim the memory of the weights read so far; they come back when read again.
    func releasePages() {
        var released: Set<String> = []
        for file in files.values where released.insert(file.path).inserted { file.releasePages() }
    }

    private static func open(_ path: String) throws(EncoderError) -> any TensorFile {
        if path.hasSuffix(".bin") {
            do { return try TorchFile(path: path) } catch { throw .torchFile(error) }
        }
        do { return try SafetensorsFile(path: path) } catch { throw .safetensors(error) }
    }
}
