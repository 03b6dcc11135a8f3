import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

@Suite("Context document")
struct ContextDocumentTests {
    private let oneToken = { (text: String) in TokenizedText(ids: [1], offsets: [0..<1]) }

    @Test(arguments: [
        "plain ascii", "e\r\n\r\ne\u{301}", "👍🏽👩‍👩‍👧", "שלום \u{200F}a", "\u{0}é",
        String(repeating: "é", count: 64),
        String(repeating: "a", count: 64) + "👍", String(repeating: "e\u{301}\r\n東👍🏽", count: 40),
    ])
    func slicesAnyRangeOfScalars(text: String) throws {
        let document = try ContextDocument(text, tokenize: oneToken)
        let scalars = Array(text.unicodeScalars)
        #expect(document.scalarCount == scalars.count)
        for start in 0...scalars.count {
            for end in stride(from: start, through: scalars.count, by: max(1, scalars.count / 50)) {
                #expect(Array(document[start..<end].unicodeScalars) == Array(scalars[start..<end]))
            }
            #expect(Array(document[start..<scalars.count].unicodeScalars) == Array(scalars[start...]))
        }
    }
}
