import TensorModule
import Testing

@Suite struct FloatBufferTests {
    @Test func storageIsAlignedToACacheLineWhateverItsSize() throws {
        let buffer = FloatBuffer()
        for count in [0, 1, 15, 16, 17, 1_000, 99_991] {
            let start = try buffer.reserve(count)
            #expect(UInt(bitPattern: start).isMultiple(of: 64), "\(count) elements")
            #expect(start == buffer.start)
            for index in 0..<count { start[index] = Float(index) }
        }
    }

    @Test func asMuchOrLessRoomIsTheSameMemory() throws {
        let buffer = FloatBuffer()
        let start = try buffer.reserve(100)
        start[99] = 7
        for count in [100, 3, 0, 100] { #expect(try buffer.reserve(count) == start) }
        #expect(buffer.start[99] == 7)
    }

    @Test(arguments: [1 << 46, Int.max / 9 * 2, Int.max / 4, Int.max])
    func moreThanThereIsMemoryForIsAnErrorAndLeavesTheBufferAsItWas(count: Int) throws {
        let buffer = FloatBuffer()
        try buffer.reserve(3).update(repeating: 7, count: 3)
        let error = #expect(throws: TensorError.self) { try buffer.reserve(count) }
        let text = try #require(error).description
        #expect(text.contains("no memory for"))
        #expect((0..<3).map { buffer.start[$0] } == [7, 7, 7])
    }
}
