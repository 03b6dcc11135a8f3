/// The version of the package: the one place where it stands.
public enum BlockSkimVersion {
    /// Major, minor and patch as semantic versioning has them.
    public static let current = "0.1.0"
}
