import EvaluationModule

private let tableFragments =
    jsonFragments + ["\"56be4db0acb8001400a502ec\":", "\"x\",", "\"q1\": 0.25,", "1e-320", "1e309"]

/// Reads the input as a prediction file and, if that works, writes and reads it again.
struct PredictionsTarget: FuzzTarget {
    static let name = "predictions"

    let seeds = [
        #"""
        {
          "56be4db0acb8001400a502ec": "Denver Broncos",
          "56be4db0acb8001400a502ed": "",
          "e\u0301": "caf\u00e9 \ud83d\ude00 \"quoted\" \\ \/\n", "é": "名"
        }
        """#,
        "{}",
        #"[{"id": "a", "prediction_text": "x"}, {"id": 7, "prediction": null}]"#,
        "{\"id\": \"a\", \"prediction_text\": \"x\"}\n\n{\"prediction\": \"é\", \"id\": \"b\"}\r\n",
    ].map { [UInt8]($0.utf8) }
    let fragments = tableFragments

    func run(_ input: [UInt8], path: String) -> String {
        readAndRepeat(path, Predictions.init(path:), { $0.write(to:) }) { Array($0.utf8) == Array($1.utf8) }
    }
}

/// Reads the input as a file of no-answer scores and, if that works, writes and reads it again.
struct NoAnswerScoresTarget: FuzzTarget {
    static let name = "no-answer-scores"

    let seeds = [
        #"{"56be4db0acb8001400a502ec": -3.25, "q\u00e9": 1e-7, "é": 0, "z": -0.0, "n": 123456789.125}"#
    ].map { [UInt8]($0.utf8) }
    let fragments = tableFragments

    func run(_ input: [UInt8], path: String) -> String {
        readAndRepeat(path, NoAnswerScores.init(path:), { $0.write(to:) }) { $0.bitPattern == $1.bitPattern }
    }
}

private func readAndRepeat<Value>(
    _ path: String,
    _ read: (String) throws(EvaluationError) -> QuestionTable<Value>,
    _ write: (QuestionTable<Value>) -> (String) throws(EvaluationError) -> Void,
    isEqual: (Value, Value) -> Bool
) -> String {
    let table: QuestionTable<Value>
    do throws(EvaluationError) {
        table = try read(path)
    } catch {
        return outcome(of: error)
    }
    let copyPath = path + ".written"
    do throws(EvaluationError) {
        try write(table)(copyPath)
        let copy = try read(copyPath)
        guard copy.count == table.count else { return "WRONG COUNT" }
        for (entry, copied) in zip(table, copy) {
            guard entry.id.utf8.elementsEqual(copied.id.utf8), isEqual(entry.value, copied.value),
                let found = table[entry.id], isEqual(found, entry.value)
            else { return "CHANGED BY WRITING" }
        }
        return "accepted"
    } catch {
        return "WRITTEN BUT NOT READ"
    }
}
