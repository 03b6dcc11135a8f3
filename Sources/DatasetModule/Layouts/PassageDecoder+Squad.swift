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
        if isPassage(article) {
            return decodePassage(
                asPassage(article),
                title: title,
                at: place,
                answers: Self.decodeSquadAnswers
            )
        }
        guard let paragraphs = elements("paragraphs", of: article, at: place) else { return }
        self.article = articleCount
        articleCount += 1
        defer { self.article = nil }
        for (index, paragraph) in paragraphs.enumerated() {
            decodePassage(
                paragraph,
                title: title,
                at: place.appending("paragraphs", index),
                answers: Self.decodeSquadAnswers
            )
        }
    }

    /// `{"answers": [{"text", "answer_start"}], "is_impossible"}`; answers may be absent where none are known.
    ///
    /// What is wrong with them is reported, and the question is kept.
    static func decodeSquadAnswers(
        _ decoder: inout PassageDecoder,
        _ example: inout Example,
        _ question: JSONValue,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) {
        do throws(DatasetIssue.Problem) {
            for (index, value) in try answerValues(of: question).enumerated() {
                decoder.decodeSquadAnswer(value, of: &example, context, place.appending("answers", index))
            }
        } catch {
            decoder.report(error, at: place, id: example.id, .valueIgnored)
        }
        do throws(DatasetIssue.Problem) {
            example.isImpossible = try question.member("is_impossible")?.flag("is_impossible") ?? false
        } catch {
            decoder.report(error, at: place, id: example.id, .valueIgnored)
        }
        if example.isImpossible, !example.answers.isEmpty {
            // The official script goes by the answers, so the flag is the one to give way.
            decoder.report(.impossibleWithAnswers, at: place, id: example.id, .valueIgnored)
            example.isImpossible = false
        }
    }

    /// The answers of a question, each `{"text", "answer_start"}` or a text alone: from a list, from one object of two lists
    /// (as the `datasets` library has them), or the only one, `answer` (KorQuAD).
    private static func answerValues(of question: JSONValue) throws(DatasetIssue.Problem) -> [JSONValue] {
        let key = try question.member("answers") == nil ? "answer" : "answers"
        switch try question.member(key) {
        case nil, .null: return []
        case .array(let values): return values
        case let value? where key == "answer": return [value]
        case let value?:
            let texts = try value.array("text")
            let starts = try value.member("answer_start")?.asArray("answer_start") ?? []
            return texts.indices.map { index in
                let start = index < starts.count ? [(key: "answer_start", value: starts[index])] : []
                return .object([(key: "text", value: texts[index])] + start)
            }
        }
    }

    private mutating func decodeSquadAnswer(
        _ value: JSONValue,
        of example: inout Example,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) {
        do throws(DatasetIssue.Problem) {
            if case .string(let text) = value {
                example.answers.append(Answer(text: text, start: nil))
                return
            }
            let text = try value.text("text", in: "an answer")
            do throws(DatasetIssue.Problem) {
                let start = try value.required("answer_start").asInteger("answer_start")
                let range = try Self.squadRange(of: text, at: start, in: context)
                example.answers.append(Answer(text: text, start: start))
                example.answerRanges.append(range)
            } catch {
                report(error, at: place, id: example.id, .locationDropped)
                example.answers.append(Answer(text: text, start: nil))
            }
        } catch {
            report(error, at: place, id: example.id, .valueIgnored)
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
