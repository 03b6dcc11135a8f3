import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The model that comes with this package: a checkpoint directory among the files of the running program.
///
/// SwiftPM's own way to a resource, `Bundle.module`, ends the program when the resource is not there; a program that was
/// copied without it should say so instead.
public enum DefaultModel {
    /// The file that only a whole checkpoint has; a checkout may lack the large files.
    private static let weightsFile = "model.safetensors"

    #if canImport(Darwin)
        private static let resources = "block-skim_BlockSkimDefaultModel.bundle"
    #else
        private static let resources = "block-skim_BlockSkimDefaultModel.resources"
    #endif

    /// The checkpoint directory of the default model.
    ///
    /// It is looked for beside the running program, where the build puts it, and in `../share/blockskim`, where
    /// `make install` does.
    ///
    /// - Returns: Its path.
    /// - Throws: `notFound`.
    public static func directory() throws(DefaultModelError) -> String {
        try directory(forProgram: programPath)
    }

    /// The same for a program at any path.
    static func directory(forProgram program: String) throws(DefaultModelError) -> String {
        let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? "."
        let places = ["\(folder)/\(resources)/Model", "\(folder)/../share/blockskim/default-model"]
        guard let found = places.first(where: { InputFile.exists(at: "\($0)/\(weightsFile)") }) else {
            throw .notFound(weightsFile: weightsFile, places: places)
        }
        return found
    }

    /// The path of the running program, links followed.
    private static var programPath: String {
        #if canImport(Darwin)
            var size: UInt32 = 0
            _NSGetExecutablePath(nil, &size)
            var path = [CChar](repeating: 0, count: Int(size))
            let name = _NSGetExecutablePath(&path, &size) == 0 ? path : []
            let resolved = name.isEmpty ? nil : realpath(name, nil)
        #else
            let resolved = realpath("/proc/self/exe", nil)
        #endif
        guard let resolved else { return CommandLine.arguments.first ?? "" }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
