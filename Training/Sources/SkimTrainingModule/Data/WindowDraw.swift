import QuestionAnsweringModule

/// Which windows stand for a question that has many: those with its answer, and others at random.
struct WindowDraw {
    /// The most windows of a question; nil for all.
    let most: Int?
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - most: the most windows of a question; nil for all.
    ///   - generator: where random numbers come from.
    init(most: Int?, using generator: SeededGenerator) {
        self.most = most
        self.generator = generator
    }

    /// Draws from the windows of a question.
    ///
    /// Windows that hold the whole answer go first, then those that cut it, so that a question never loses its answer to the
    /// draw, nor looks as if it had none.
    ///
    /// - Parameter windows: all of a question, in order.
    /// - Returns: at most ``most`` of them, in order.
    mutating func callAsFunction(_ windows: [LabelledWindow]) -> [LabelledWindow] {
        guard let most, windows.count > most else { return windows }
        func rank(_ index: Int) -> Int {
            windows[index].answer != nil ? 0 : windows[index].cutsAnswer ? 1 : 2
        }
        let order = windows.indices.shuffled(using: &generator)
        let ranked = (0...2).flatMap { wanted in order.filter { rank($0) == wanted } }
        return ranked.prefix(most).sorted().map { windows[$0] }
    }
}
