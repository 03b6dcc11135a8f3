import Foundation
import TensorModule
import Testing

@Suite struct ThreadBudgetTests {
    @Test func thereIsNoBudgetOfLessThanOneThread() {
        #expect(ThreadBudget(threads: 0) == nil)
        #expect(ThreadBudget(threads: -3) == nil)
        #expect(ThreadBudget(threads: 1)?.threads == 1)
        #expect(ThreadBudget(threads: 64)?.threads == 64)
    }

    @Test func physicalCoresAreAtLeastOneAndAtMostTheProcessors() {
        let threads = ThreadBudget.physicalCores.threads
        #expect((1...ProcessInfo.processInfo.processorCount).contains(threads))
    }
}
