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
    /// The file that every checkpoint has, whatever the form of its weights.
    private static let configurationFile = "config.json"

    /// The directory that the build makes of this target's resources.
    #if canImport(Darwin)
        static let resources = "block-skim_BlockSkimDefaultModel.bundle"
    #else
        static let resources = "block-skim_BlockSkimDefaultModel.resources"
    #endif

    /// The environment variable that names another directory for the default model.
    static let variable = "BLOCKSKIM_DEFAULT_MODEL"

    /// The checkpoint directory of the default model.
    ///
    /// The environment variable `BLOCKSKIM_DEFAULT_MODEL` names it. Where that is not set, the model is looked for beside the
    /// running program, where the build puts it, and in `../share/blockskim/default-model`, where `make install` does.
    ///
    /// - Returns: Its path.
    /// - Throws: `notFound`; `notACheckpoint` for what the variable names.
    public static func directory() throws(DefaultModelError) -> String {
        try directory(forProgram: programPath, named: getenv(variable).map { String(cString: $0) })
    }

    /// The same for a program at any path.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - name: The value of the environment variable; an empty one counts as not set.
    /// - Returns: Its path.
    /// - Throws: As `directory()`.
    static func directory(
        forProgram program: String,
        named name: String?
    ) throws(DefaultModelError) -> String {
        if let name, !name.isEmpty {
            guard InputFile.exists(at: "\(name)/\(configurationFile)") else {
                throw .notACheckpoint(directory: name, variable: variable, missingFile: configurationFile)
            }
            return name
        }
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
