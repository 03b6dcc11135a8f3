import BlockSkimModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ConfidenceMap {
    /// Reads the `confidence` of a checkpoint's `blockskim.json`; nil when there is none, or no file.
    ///
    /// - Parameter directory: The checkpoint directory.
    /// - Throws: `checkpoint` with `missingKey`, `invalidValue` or `notJSONObject`; `invalidSetting`.
    init?(ifPresentIn directory: String) throws(BlockSkimError) {
        struct File: Decodable { var confidence: ConfidenceMap? }
        let path = directory + "/" + SkimConfiguration.fileName
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw .checkpoint(.missingKey(file: path, key: Self.name(context.codingPath + [key])))
        } catch DecodingError.typeMismatch(let wanted, let context) {
            throw .checkpoint(
                .invalidValue(
                    file: path,
                    key: Self.name(context.codingPath),
                    value: "of another kind",
                    allowed: wanted is any Numeric.Type
                        ? "a number, as blockskim-train calibrate writes it"
                        : "an object, as blockskim-train calibrate writes it"
                )
            )
        } catch {
            throw .checkpoint(
                .notJSONObject(file: path, reason: "its confidence is not as calibration writes it")
            )
        }
        guard let map = file.confidence else { return nil }
        self = map
        try check(source: path)
    }

    private static func name(_ path: [any CodingKey]) -> String {
        path.map(\.stringValue).joined(separator: ".")
    }

    /// Checks what no probability can be computed with.
    ///
    /// - Throws: `invalidSetting`.
    func check(source: String) throws(BlockSkimError) {
        func invalid(_ name: String, _ value: Double, _ allowed: String) -> BlockSkimError {
            .invalidSetting(source: source, name: "confidence.\(name)", value: "\(value)", allowed: allowed)
        }
        let regressions =
            [("right", right)] + (noAnswer.map { [("no_answer.regression", $0.regression)] } ?? [])
        for (name, regression) in regressions {
            for (feature, weight) in regression.byName where !weight.isFinite || abs(weight) > 1e6 {
                throw invalid("\(name).\(feature)", weight, "from -1e6 to 1e6")
            }
        }
        guard abs(usualRelevance) <= 10 else {
            throw invalid("usual_relevance", usualRelevance, "from -10 to 10")
        }
        if let threshold = noAnswer?.threshold, !(0...1).contains(threshold) {
            throw invalid("no_answer.threshold", threshold, "from 0 to 1")
        }
    }
}

extension ConfidenceMap.Regression {
    /// Its numbers with their names in the file.
    fileprivate var byName: [(String, Double)] {
        [
            (CodingKeys.intercept, intercept), (.margin, margin), (.lead, lead), (.logOdds, logOdds),
            (.relevance, relevance), (.windowsRead, windowsRead), (.windowsUnread, windowsUnread),
        ].map { ($0.0.rawValue, $0.1) }
    }
}
