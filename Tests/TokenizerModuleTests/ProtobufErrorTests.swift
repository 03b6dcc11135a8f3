import TestSupport
import Testing

@testable import TokenizerModule

/// Bytes that are no protocol buffer, or not that of a Unigram model, are errors that say where and why.
@Suite struct ProtobufErrorTests {
    @Test func readsFieldsOfEveryWireType() throws {
        let bytes: [UInt8] =
            [0x08, 0xAC, 0x02] + [0x11, 1, 2, 3, 4, 5, 6, 7, 8] + [0x1A, 2, 0x61, 0x62]
            + [0x25, 4, 3, 2, 1]
        var reader = ProtobufReader(bytes, bytes.indices, file: "f")
        var fields: [(number: UInt64, value: ProtobufReader.Value)] = []
        while let field = try reader.nextField() { fields.append(field) }
        #expect(fields.map(\.number) == [1, 2, 3, 4])
        #expect(fields.map(\.value) == [.integer(300), .fixed64, .bytes(14..<16), .fixed32(0x0102_0304)])
    }

    @Test(
        arguments: [
            ([0x00], 1, "a field with the number 0"),
            ([0x80, 0x80, 0x80, 0x80, 0x10, 0], 5, "a field with the number 536870912"),
            ([0x0B], 1, "a field of the wire type 3"),
            ([0x0F], 1, "a field of the wire type 7"),
            ([0x08], 1, "it ends too early"),
            ([0x08, 0x80], 2, "it ends too early"),
            ([0x12, 3, 0x61, 0x62], 2, "a field of 3 bytes does not fit in"),
            ([0x11, 0, 0, 0, 0, 0, 0, 0], 1, "a field of 8 bytes does not fit in"),
            ([0x15, 0, 0, 0], 1, "a field of 4 bytes does not fit in"),
            (
                [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 11,
                "a field of 18446744073709551615 bytes"
            ),
            (
                [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], 10,
                "a field of 9223372036854775807 bytes does not fit in"
            ),
            (
                [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02], 11,
                "a number of more than 64 bits"
            ),
            (
                [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 11,
                "a number of more than 64 bits"
            ),
        ] as [([UInt8], Int, String)]
    )
    func namesByteAndProblem(_ bytes: [UInt8], _ byteOffset: Int, _ problem: String) {
        let error = TokenizerError.malformedProtobuf(file: "f", byteOffset: byteOffset, problem: problem)
        #expect(throws: error) {
            var reader = ProtobufReader(bytes, bytes.indices, file: "f")
            while try reader.nextField() != nil {}
        }
    }

    /// One field of a `ModelProto` each, with the byte that the error names.
    @Test(
        arguments: [
            ([0x08, 1], 2, "field 1 is not a message"),
            ([0x15, 0, 0, 0, 0], 5, "field 2 is not a message"),
            (field(1, field(1, [0x61]) + [0x18, 9]), 7, "a piece of type 9"),
            (field(1, field(1, [0x61]) + [0x10, 1]), 7, "field 2 of a piece has another type"),
            (field(1, [0x18, 1]), 4, "a piece without text in UTF-8"),
            (field(1, field(1, [0xFF])), 5, "a piece without text in UTF-8"),
            (
                field(2, [0xC0, 0x02, 0x80, 0x80, 0x80, 0x80, 0x08]), 9, "unk_id is 2147483648"
            ),
            (field(2, [0x1D, 0, 0, 0, 0]), 7, "field 3 of the trainer is no integer"),
            (field(2, [0xC2, 0x02, 0]), 5, "field 40 of the trainer is no integer"),
            (field(3, [0x10, 1]), 4, "the normalizer's rules are no bytes"),
            (field(1, [0x0A, 9, 0x61]), 4, "a field of 9 bytes does not fit in"),
        ] as [([UInt8], Int, String)]
    )
    func namesFieldOfTheModel(_ bytes: [UInt8], _ byteOffset: Int, _ problem: String) {
        let error = TokenizerError.malformedProtobuf(file: "f", byteOffset: byteOffset, problem: problem)
        #expect(throws: error) { try SentencePieceModel(bytes, file: "f") }
    }

    @Test func refusesOtherModelsThanUnigram() {
        let error = TokenizerError.unsupportedElement(
            file: "f",
            element: "trainer_spec.model_type",
            type: "not UNIGRAM"
        )
        // 2 is BPE.
        #expect(throws: error) { try SentencePieceModel(field(2, [0x18, 2]), file: "f") }
    }
}

private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    TinyPieceVocabulary.field(number, content)
}
