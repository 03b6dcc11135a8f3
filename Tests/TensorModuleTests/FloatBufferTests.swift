import TensorModule
import Testing

@Suite struct FloatBufferTests {
    @Test func storageIsAlignedToACacheLineWhateverItsSize() {
        let buffer = FloatBuffer()
        for count in [0, 1, 15, 16, 17, 1_000, 99_991] {
            let start = buffer.reserve(count)
            #expect(UInt(bitPattern: start).isMultiple(of: 64), "\(count) elements")
            #expect(start == buffer.start)
            for index in 0..<count { start[index] = Float(index) }
        }
    }

    @Test func asMuchOrLessRoomIsTheSameMemory() {
        let buffer = FloatBuffer()
        let start = buffer.reserve(100)
        start[99] = 7
        for count in [100, 3, 0, 100] { #expect(buffer.reserve(count) == start) }
        #expect(buffer.start[99] == 7)
    }
}
