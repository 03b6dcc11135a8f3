import ArgumentParser
import SkimTrainingModule

extension BestCriterion: ExpressibleByArgument {}

/// `--best-by`.
struct BestOption: ParsableArguments {
    @Option(
        help:
            "What the exported model is chosen by, of equal ones the later: F1 of the dense model (f1), F1 as it skims (skimmed-f1), or F1 of the block classifiers (block-f1) (default: f1; block-f1 with --freeze-encoder)."
    )
    var bestBy: BestCriterion?
}
