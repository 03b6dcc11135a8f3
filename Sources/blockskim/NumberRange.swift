import ArgumentParser
import BlockSkim

/// The numbers that the options take, beyond which one is a slip and would only use up time or memory.
enum NumberRange {
    /// Threads of a team.
    static let threads = 1...1024
    /// Windows that go through the layers together.
    static let batchSize = 1...4096
    /// Tokens of a window: as many as a configuration may declare positions.
    static let windowTokens = 1...1_048_576
    /// Tokens that windows share.
    static let overlap = 0...1_048_576
    /// Layers, counted from 1: as many as a configuration may declare.
    static let layers = 1...1024
    /// Answers to one question.
    static let answers = 1...10_000
    /// Questions of a data set.
    static let questions = 1...1_000_000_000
    /// A time in milliseconds: up to a day.
    static let milliseconds = 0...86_400_000
    /// Measurements of each kind.
    static let runs = 1...100_000
    /// Probabilities and shares.
    static let share = 0.0...1.0
    /// Sums of two logits, far beyond what a model gives.
    static let logits = -1000.0...1000.0
    /// Points of F1.
    static let points = 0.0...100.0

    /// Rejects a number out of range.
    ///
    /// - Parameters:
    ///   - value: The number; nil when the option was not given.
    ///   - range: What it may be.
    ///   - option: The option's name, with its dashes.
    ///   - unit: What it counts, for the message.
    ///   - hint: What else the message says.
    /// - Throws: `ValidationError`; not a number is out of every range.
    static func check<Number: Comparable>(
        _ value: Number?,
        in range: ClosedRange<Number>,
        option: String,
        unit: String? = nil,
        hint: String? = nil
    ) throws {
        guard let value, !range.contains(value) else { return }
        let (lower, upper) = (plain(range.lowerBound), plain(range.upperBound))
        let unit = unit.map { " \($0)" } ?? ""
        let hint = hint.map { "; \($0)" } ?? ""
        throw ValidationError("\(option) \(value): it must be from \(lower) to \(upper)\(unit)\(hint)")
    }

    /// Whole numbers without a point.
    private static func plain(_ bound: some Comparable) -> String {
        "\(bound)".hasSuffix(".0") ? String("\(bound)".dropLast(2)) : "\(bound)"
    }
}
