/// How the questions of a step are shared out among the parts in which it is computed.
enum StepParts {
    /// Gives each question, those with the most windows first, to the part with the fewest windows so far.
    ///
    /// Questions of one window go round in turns. No part is empty where there are as many questions as parts.
    ///
    /// - Parameters:
    ///   - windows: how many each question has.
    ///   - count: the parts, over all processes.
    /// - Returns: the questions of each part.
    static func share(questionsOfWindows windows: [Int], among count: Int) -> [[Int]] {
        var parts = [[Int]](repeating: [], count: count)
        var loads = [Int](repeating: 0, count: count)
        let order = windows.indices.sorted { (windows[$1], $0) < (windows[$0], $1) }
        for question in order {
            let part = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            parts[part].append(question)
            loads[part] += windows[question]
        }
        return parts
    }
}
