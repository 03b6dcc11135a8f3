/// What `-` stands for among paths.
enum StandardStream {
    /// Standard input for `-`.
    static func input(_ path: String) -> String { path == "-" ? "/dev/stdin" : path }

    /// Standard output for `-`.
    static func output(_ path: String) -> String { path == "-" ? "/dev/stdout" : path }
}
