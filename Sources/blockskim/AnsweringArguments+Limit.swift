import BlockSkim
import TerminalModule

extension AnsweringArguments {
    /// Says so when the model takes shorter windows than were asked for.
    func reportLimit(of answerer: QuestionAnswerer) {
        let limit = answerer.model.encoder.maximumPositions
        guard let maxLength, maxLength > limit else { return }
        StandardError.write(
            "Note: --max-length \(maxLength) is more than the model takes; windows have at most \(limit) tokens"
        )
    }
}
