import Dispatch

/// Runs tasks one after another on a thread apart from those that Swift's tasks share: an answer computes for long, and they
/// are as few as the cores.
final class AnsweringQueue: TaskExecutor {
    private let queue = DispatchQueue(label: "block-skim.answers")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
