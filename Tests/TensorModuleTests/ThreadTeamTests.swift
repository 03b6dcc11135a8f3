import Foundation
import Synchronization
import TensorModule
import Testing

@Suite struct ThreadTeamTests {
    @Test(arguments: 1...5)
    func everyWorkerRunsOnceAPhaseAndSeesWhatTheOthersDidBefore(threads: Int) throws {
        let team = ThreadTeam(try #require(ThreadBudget(threads: threads)))
        #expect(team.workers.map(\.index) == Array(0..<threads))
        // One slot a worker, which it alone writes.
        let slots = Slots(count: threads)
        let late = Atomic<Int>(0)
        let phases = 3_000
        for phase in 0..<phases {
            team.run { worker in slots.start[worker.index] += 1 }
            team.run { worker in
                for other in 0..<threads where slots.start[other] != phase + 1 {
                    late.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(slots.values == [Int](repeating: phases, count: threads))
        #expect(late.load(ordering: .relaxed) == 0)
    }

    @Test func sleepingWorkersWakeUp() throws {
        let team = ThreadTeam(try #require(ThreadBudget(threads: 3)))
        let slots = Slots(count: 3)
        for _ in 0..<40 {
            team.run { worker in slots.start[worker.index] += 1 }
            // Longer by far than a worker spins.
            usleep(5_000)
        }
        #expect(slots.values == [40, 40, 40])
    }

    @Test(arguments: [false, true])
    func aTeamThatGoesAwayEndsItsThreads(areAsleep: Bool) throws {
        for phases in [0, 1, 2, 50] {
            var team: ThreadTeam? = ThreadTeam(try #require(ThreadBudget(threads: 4)))
            weak let last = team?.workers.last
            for _ in 0..<phases { team?.run { _ in } }
            if areAsleep { usleep(5_000) }
            #expect(last != nil)
            team = nil
            // Its thread would still hold it.
            #expect(last == nil, "after \(phases) phases")
        }
    }

    @Test func teamsWorkSideBySide() throws {
        let budget = try #require(ThreadBudget(threads: 3))
        let counts = (0..<3).map { _ in Slots(count: 3) }
        DispatchQueue.concurrentPerform(iterations: 3) { caller in
            let team = ThreadTeam(budget)
            for _ in 0..<200 { team.run { worker in counts[caller].start[worker.index] += 1 } }
        }
        #expect(counts.map(\.values) == Array(repeating: [200, 200, 200], count: 3))
    }

    @Test func theCallersThreadCountIsPutBack() throws {
        let before = OpenMP.setThreads(7)
        defer { OpenMP.setThreads(before) }
        ThreadTeam(try #require(ThreadBudget(threads: 2))).run { _ in }
        #expect(OpenMP.setThreads(7) == 7)
    }

    @Test func theFirstErrorOfAPhaseIsThrownOnceAfterIt() throws {
        let team = ThreadTeam(try #require(ThreadBudget(threads: 2)))
        let finished = Slots(count: 2)
        team.run { worker in
            for bytes in 1...2 where worker.index == 1 {
                worker.attempt { () throws(TensorError) in throw .outOfMemory(byteCount: bytes) }
            }
            finished.start[worker.index] = 1
        }
        #expect(finished.values == [1, 1])
        #expect(throws: TensorError.outOfMemory(byteCount: 1)) { try team.rethrow() }
        try team.rethrow()
    }

    @Test func aWorkerIsACrewOfOne() throws {
        let team = ThreadTeam(try #require(ThreadBudget(threads: 2)))
        let members = Slots(count: 2)
        let worker = team.workers[1]
        #expect((worker as any Crew).size == 1)
        worker.run { given, member in
            if given === worker { members.start[member] += 1 }
        }
        #expect(members.values == [1, 0])
        team.run { worker, member in members.start[member] += worker.index == member ? 10 : 0 }
        #expect(members.values == [11, 10])
    }
}

/// Counters that threads write without a lock, each its own.
private final class Slots: @unchecked Sendable {
    let start: UnsafeMutablePointer<Int>
    private let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }

    var values: [Int] { (0..<count).map { start[$0] } }
}
