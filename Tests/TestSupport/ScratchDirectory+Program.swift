import Foundation

extension ScratchDirectory {
    /// Writes a program for the shell.
    ///
    /// Another program writes it: were it this one, a process that a test beside this starts at that moment would hold the
    /// file open for writing, and the system would not run it ("text file busy").
    ///
    /// - Parameters:
    ///   - script: what it does.
    ///   - name: the file's name.
    /// - Returns: its path.
    /// - Throws: what starting the other program throws.
    package func writeProgram(_ script: String, to name: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", #"printf '%s\n' "$1" >"$2" && chmod 755 "$2""#, "sh", "#!/bin/sh\n\(script)", file(name),
        ]
        try process.run()
        process.waitUntilExit()
        return file(name)
    }
}
