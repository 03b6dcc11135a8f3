/// How often each question of a data set is taken in an epoch: a function of the seed alone.
struct QuestionSample: Equatable {
    /// How often, by the number of the question among those that something can be learnt from; nil for all once.
    private var times: [Int]?

    /// All questions, each once.
    static let all = QuestionSample(times: nil)

    private init(times: [Int]?) { self.times = times }

    /// Chooses at random.
    ///
    /// - Parameters:
    ///   - count: the questions that something can be learnt from.
    ///   - skipped: how many of them are passed over before; the same generator with this number as its cap takes them.
    ///   - cap: the maximum number of the others that are taken.
    ///   - weight: how often each of these is taken; a fraction is the share of them that is taken once more.
    ///   - generator: where random numbers come from.
    init(
        of count: Int,
        skipping skipped: Int = 0,
        cap: Int,
        weight: Double,
        using generator: inout SeededGenerator
    ) {
        var order = Array(0..<count)
        order.shuffle(using: &generator)
        let chosen = order.dropFirst(skipped).prefix(cap)
        let whole = Int(weight)
        let once = Int((Double(chosen.count) * (weight - Double(whole))).rounded())
        var times = [Int](repeating: 0, count: count)
        for (index, question) in chosen.enumerated() { times[question] = whole + (index < once ? 1 : 0) }
        self.times = times
    }

    /// How often a question is taken.
    func times(ofQuestion index: Int) -> Int { times.map { $0[index] } ?? 1 }
}
