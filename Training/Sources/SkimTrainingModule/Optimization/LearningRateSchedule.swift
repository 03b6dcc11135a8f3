import Foundation

/// How the learning rate goes on after the warm-up, in which it rises from 0 evenly.
public enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
    /// Evenly down to 0 at the end.
    case linear
    /// Down to 0 along half a period of a cosine.
    case cosine
    /// At its peak to the end.
    case constant

    /// The learning rate of a step as a share of its peak, from 0 to 1.
    ///
    /// - Parameters:
    ///   - step: counted from 0.
    ///   - steps: of the whole run.
    ///   - warmup: the share of the steps in which it rises.
    /// - Returns: what Hugging Face's schedules of the same names give.
    func share(ofStep step: Int, of steps: Int, warmup: Double) -> Double {
        let rising = (warmup * Double(steps)).rounded()
        let (step, steps) = (Double(step), Double(steps))
        if step < rising { return step / max(1, rising) }
        let done = min(1, (step - rising) / max(1, steps - rising))
        return switch self {
        case .linear: 1 - done
        case .cosine: 0.5 * (1 + cos(.pi * done))
        case .constant: 1
        }
    }
}
