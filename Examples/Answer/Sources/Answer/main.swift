import BlockSkim

// swift run Answer [DIR]
let directory = CommandLine.arguments.dropFirst().first
let answerer = try directory.map { try QuestionAnswerer(model: $0) } ?? QuestionAnswerer()
let report = try answerer.answer(
    question: "What does the lens do?",
    context: "A Fresnel lens bends the light of a lamp into one level beam. It was invented in 1822."
)
for answer in report.answers { print(answer.text, answer.start, answer.end, answer.score) }
