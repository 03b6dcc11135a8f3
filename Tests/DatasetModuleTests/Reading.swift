@testable import DatasetModule

/// All that a data set in memory holds.
func read(
    _ text: String,
    limits: DatasetReader.Limits = .init()
) throws(DatasetError) -> (passages: [Passage], issues: [DatasetIssue]) {
    try DatasetReader(bytes: Array(text.utf8), name: "data", limits: limits).readAll()
}
