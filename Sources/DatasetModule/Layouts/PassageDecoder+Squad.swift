import FileModule

extension PassageDecoder {
    /// An article of a SQuAD document: `{"title", "paragraphs": [{"context", "qas": […]}]}`.
    mutating func decode(article: JSONValue, path: String) {
        let place = DatasetIssue.Place(line: nil, path: path)
        var title: String?
        do throws(DatasetIssue.Problem) {
            if let value = try article.member("title", in: path), value != .null {
                title = try value.asText("title")
            }
        } catch {
            guard case .object = article else { return report(error, at: place, .passageSkipped) }
            report(error, at: place, .valueIgnored)
        }
        guard let paragraphs = elements("paragraphs", of: article, at: place) else { return }
        for (index, paragraph) in paragraphs.enumerated() {
            decodePassage(
                paragraph,
                title: title,
                at: place.appending("paragraphs", index),
                identifierKey: "id",
                answers: Self.decodeSquadAnswers
            )
        }
    }

    /// `{"answers": [{"text", "answer_start"}], "is_impossible"}`; answers may be absent where none are known.
    private static func decodeSquadAnswers(
        _ decoder: inout PassageDecoder,
        _ example: inout Example,
        _ question: JSONValue,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) throws(DatasetIssue.Problem) {
        if let answers = try question.member("answers") {
            for (index, value) in try answers.asArray("answers").enumerated() {
                let text = try value.text("text")
                let place = place.appending("answers", index)
                do throws(DatasetIssue.Problem) {
                    let start = try value.required("answer_start").asInteger("answer_start")
                    let range = try squadRange(of: text, at: start, in: context)
                    example.answers.append(Answer(text: text, start: start))
                    example.answerRanges.append(range)
                } catch {
                    decoder.report(error, at: place, id: example.id, .locationDropped)
                    example.answers.append(Answer(text: text, start: nil))
                }
            }
        }
        switch try question.member("is_impossible") {
        case nil, .null: break
        case .bool(let isImpossible): example.isImpossible = isImpossible
        case let value?:
            throw .wrongType(key: "is_impossible", expected: "a boolean", found: value.typeName)
        }
        if example.isImpossible, !example.answers.isEmpty {
            // The official script goes by the answers, so the flag is the one to give way.
            decoder.report(.impossibleWithAnswers, at: place, id: example.id, .valueIgnored)
            example.isImpossible = false
        }
    }

    /// The range of an answer, if the context has its text there.
    private static func squadRange(
        of text: String,
        at start: Int,
        in context: ContextScalars
    ) throws(DatasetIssue.Problem) -> Range<Int> {
        guard !text.isEmpty else { throw .blankAnswer }
        let (end, overflow) = start.addingReportingOverflow(text.unicodeScalars.count)
        guard !overflow else {
            throw .answerOutsideContext(start: start, end: Int.max, contextScalars: context.count)
        }
        let slice = try context.slice(start: start, end: end)
        guard slice.utf8.elementsEqual(text.utf8) else {
            throw .answerTextMismatch(start: start, expected: text, found: String(slice))
        }
        return start..<end
    }
}
