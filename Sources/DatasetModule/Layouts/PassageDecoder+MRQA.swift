import FileModule

extension PassageDecoder {
    /// A line of an MRQA file: `{"context", "qas": [{"qid", "question", "answers", "detected_answers"}]}`.
    mutating func decode(line: MRQALines.Line) {
        let place = DatasetIssue.Place(line: line.number, path: "")
        switch line.value {
        case .failure(let problem):
            report(problem, at: place, .passageSkipped)
        case .success(let value):
            guard isPassage(value) else {
                // Decoding it says what is missing.
                return decodePassage(value, title: nil, at: place, answers: Self.decodeMRQAAnswers)
            }
            decodePassage(asPassage(value), title: nil, at: place, answers: Self.decodeLineAnswers)
        }
    }

    /// MRQA's where there are `detected_answers` or only strings, else SQuAD's.
    private static func decodeLineAnswers(
        _ decoder: inout PassageDecoder,
        _ example: inout Example,
        _ question: JSONValue,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) {
        var isMRQA = (try? question.member("detected_answers")) ?? nil != nil
        if case .array(let answers)? = (try? question.member("answers")) ?? nil, !answers.isEmpty {
            isMRQA = isMRQA || answers.allSatisfy { if case .object = $0 { false } else { true } }
        }
        let decode = isMRQA ? decodeMRQAAnswers : decodeSquadAnswers
        decode(&decoder, &example, question, context, place)
    }

    /// The strings of `answers` are what predictions are scored against; the spans of `detected_answers` say where
    /// answers stand.
    private static func decodeMRQAAnswers(
        _ decoder: inout PassageDecoder,
        _ example: inout Example,
        _ question: JSONValue,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) {
        do throws(DatasetIssue.Problem) {
            try decodeMRQAFields(&decoder, &example, question, context, place)
        } catch {
            decoder.report(error, at: place, id: example.id, .valueIgnored)
        }
    }

    private static func decodeMRQAFields(
        _ decoder: inout PassageDecoder,
        _ example: inout Example,
        _ question: JSONValue,
        _ context: ContextScalars,
        _ place: DatasetIssue.Place
    ) throws(DatasetIssue.Problem) {
        var starts: [ExactString: Int] = [:]
        if let detected = try question.member("detected_answers") {
            for (index, value) in try detected.asArray("detected_answers").enumerated() {
                let place = place.appending("detected_answers", index)
                do throws(DatasetIssue.Problem) {
                    let text = try value.text("text")
                    for (spanIndex, span) in try value.array("char_spans").enumerated() {
                        do throws(DatasetIssue.Problem) {
                            let (range, slice) = try mrqaRange(of: text, span, in: context)
                            example.answerRanges.append(range)
                            if starts[ExactString(slice)] == nil {
                                starts[ExactString(slice)] = range.lowerBound
                            }
                        } catch {
                            decoder.report(
                                error,
                                at: place.appending("char_spans", spanIndex),
                                id: example.id,
                                .locationDropped
                            )
                        }
                    }
                } catch {
                    decoder.report(error, at: place, id: example.id, .locationDropped)
                }
            }
        }
        if let answers = try question.member("answers") {
            for value in try answers.asArray("answers") {
                let text = try value.asText("answers")
                example.answers.append(Answer(text: text, start: starts[ExactString(text)]))
            }
        }
    }

    /// The half-open range of a span `[first, last]`, both inclusive, and the text there.
    private static func mrqaRange(
        of text: String,
        _ span: JSONValue,
        in context: ContextScalars
    ) throws(DatasetIssue.Problem) -> (Range<Int>, String) {
        let bounds = try span.asArray("char_spans")
        guard bounds.count == 2 else {
            throw .wrongType(
                key: "char_spans",
                expected: "pairs of integers",
                found: "\(bounds.count) values"
            )
        }
        let start = try bounds[0].asInteger("char_spans")
        let last = try bounds[1].asInteger("char_spans")
        guard last < context.count else {
            throw .answerOutsideContext(
                start: start,
                end: last == .max ? last : last + 1,
                contextScalars: context.count
            )
        }
        guard start <= last else {
            throw .answerOutsideContext(start: start, end: last + 1, contextScalars: context.count)
        }
        let slice = String(try context.slice(start: start, end: last + 1))
        // Some sets write the answer's text in another case or spacing than the context. What tells a wrong place,
        // and above all one that is off by one, is the letters and digits.
        guard slice.utf8.elementsEqual(text.utf8) || letters(slice).elementsEqual(letters(text)) else {
            throw .answerTextMismatch(start: start, expected: text, found: slice)
        }
        return (start..<last + 1, slice)
    }

    private static func letters(_ text: String) -> [Unicode.Scalar] {
        text.lowercased().unicodeScalars.filter {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
    }
}
