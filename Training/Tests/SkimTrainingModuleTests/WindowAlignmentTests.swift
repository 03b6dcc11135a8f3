import Testing

@testable import SkimTrainingModule

/// A teacher's tokens `un|known word` and a student's `unknown| wo|rd`.
@Suite struct WindowAlignmentTests {
    private let teacher = WindowAlignment.Side(
        places: [0..<2, 2..<7, 8..<12],
        prefixLength: 3,
        tokenCount: 7
    )
    private let student = WindowAlignment.Side(
        places: [0..<7, 8..<10, 10..<12],
        prefixLength: 2,
        tokenCount: 6
    )

    private func lesson(_ start: [Float], _ end: [Float], student: WindowAlignment.Side) -> Lesson? {
        WindowAlignment.lesson(student: student, teacher: teacher, start: start[...], end: end[...])
    }

    @Test func tokensThatBeginOrEndAlikeTakeEachOthersLogits() throws {
        let found = try #require(
            lesson([0, 0, 0, 5, 1, 4, 0], [0, 0, 0, 1, 5, 4, 0], student: student)
        )
        #expect(found.start == [0, nil, 5, 4, nil, nil])
        #expect(found.end == [0, nil, 5, nil, 4, nil])
        #expect(found.blocks.isEmpty)
    }

    @Test func noAnswerCountsOnlyOfTheSamePartOfTheText() throws {
        var shorter = student
        shorter.places = student.places.prefix(2)
        let found = try #require(
            lesson([0, 0, 0, 5, 1, 4, 0], [0, 0, 0, 1, 5, 1, 0], student: shorter)
        )
        #expect(found.start == [nil, nil, 5, 4, nil, nil] && found.end == [nil, nil, 5, nil, nil, nil])
    }

    @Test func windowWhoseAnswerHasNoCounterpartIsUnlabelled() {
        // The teacher begins its answer inside of the student's first token.
        #expect(lesson([0, 0, 0, 1, 5, 1, 0], [0, 0, 0, 1, 5, 4, 0], student: student) == nil)
        // Half of the probability is enough, less is not.
        #expect(
            lesson([0, -99, -99, -99, 0, -99, -99], [0, -99, -99, 0, -99, -99, -99], student: student) != nil
        )
        #expect(
            lesson([0, -99, -99, -99, 0.01, -99, -99], [0, -99, -99, 0, -99, -99, -99], student: student)
                == nil
        )
    }
}
