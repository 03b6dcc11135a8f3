import ArgumentParser
import SkimTrainingModule

/// Who is learnt from beside the labels.
struct TeacherOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Learn from a teacher, too: a file that teach wrote of the data sets or some of them (default: learn from labels alone).",
            valueName: "file"
        )
    )
    var teacher: String?

    @Option(
        help: ArgumentHelp(
            "The weight of the loss against the teacher in the total loss (default: 1).",
            valueName: "weight"
        )
    )
    var teacherWeight: Double?

    @Flag(
        help:
            "Learn from the teacher where an answer is, and from the labels alone whether there is one: for a teacher that never saw a question without an answer."
    )
    var teacherSpansOnly = false

    @Option(
        help:
            "Divide the logits of teacher and student by this before they are compared. Above 1, the places that the teacher finds less likely count more (default: 2)."
    )
    var temperature: Double?

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.teacher = teacher
        configuration.teacherWeight = teacherWeight
        configuration.teacherSpansOnly = teacherSpansOnly ? true : nil
        configuration.temperature = temperature
    }
}
