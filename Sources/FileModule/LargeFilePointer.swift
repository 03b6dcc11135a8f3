/// What stands in place of a large file in a repository that was cloned without Git LFS: a text of three lines.
package enum LargeFilePointer {
    private static let prefix = Array("version https://git-lfs.github.com/spec/".utf8)

    /// Whether a file with these bytes is one.
    package static func isPointer(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: prefix)
    }

    /// What is wrong, and what to do.
    package static let reason =
        "it is a pointer of Git LFS, not the file; run \"git lfs pull\" in the directory or download the file"
}
