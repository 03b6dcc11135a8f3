import BlockSkimModule
import Foundation

extension TrainingConfiguration {
    /// Checks that the settings are in their ranges and go with each other and with the encoder.
    ///
    /// - Throws: `invalidSetting`, `blockSkim`.
    func check(layerCount: Int) throws(TrainingError) {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) throws(TrainingError) {
            guard !holds else { return }
            throw .invalidSetting(name: name, value: "\(value)", allowed: allowed)
        }
        try require(!train.isEmpty, "--train", "empty", "at least one file")
        try require(
            caps.count <= 1 || caps.count == train.count,
            "--cap",
            caps,
            "one number for all training files, or one for each of the \(train.count)"
        )
        try require(caps.allSatisfy { $0 > 0 }, "--cap", caps, "above 0")
        let skipped = skippedQuestions ?? []
        try require(
            skipped.count <= 1 || skipped.count == train.count,
            "--skip-questions",
            skipped,
            "one number for all training files, or one for each of the \(train.count)"
        )
        try require(skipped.allSatisfy { $0 >= 0 }, "--skip-questions", skipped, "0 or more")
        try require(
            weights.count <= 1 || weights.count == train.count,
            "--weight",
            weights,
            "one number for all training files, or one for each of the \(train.count)"
        )
        try require(
            weights.allSatisfy { $0 > 0 && $0 <= 100 },
            "--weight",
            weights,
            "above 0, at most 100"
        )
        try require(
            negativeWindows.map { $0 >= 0 && $0.isFinite } ?? true,
            "--negative-windows",
            negativeWindows ?? 0,
            "a number from 0 on"
        )
        try require(
            windowsPerQuestion.map { $0 > 0 } ?? true,
            "--windows-per-question",
            windowsPerQuestion ?? 0,
            "1 or more"
        )
        try require(devLimit.map { $0 > 0 } ?? true, "--dev-limit", devLimit ?? 0, "above 0")
        try require(alpha >= 0 && alpha.isFinite, "--alpha", alpha, "a number from 0 on")
        try require(beta >= 0 && beta.isFinite, "--beta", beta, "a number from 0 on")
        try require(
            teacherWeight.map { $0 >= 0 && $0.isFinite && teacher != nil } ?? true,
            "--teacher-weight",
            teacherWeight ?? 0,
            "a number from 0 on, given with --teacher"
        )
        try require(
            !(teacherSpansOnly ?? false) || teacher != nil,
            "--teacher-spans-only",
            true,
            "given with --teacher"
        )
        try require(
            temperature.map { $0 > 0 && $0 <= 100 && teacher != nil } ?? true,
            "--temperature",
            temperature ?? 0,
            "above 0, at most 100, given with --teacher"
        )
        try require(epochs > 0 && epochs <= 1000, "--epochs", epochs, "above 0, at most 1000")
        try require(batchSize >= 1, "--batch-size", batchSize, "1 or more")
        try require(accumulation >= 1, "--accumulation", accumulation, "1 or more")
        try require(
            batchSize.isMultiple(of: processes * accumulation),
            "--batch-size",
            batchSize,
            "a multiple of the \(processes) processes times the \(accumulation) parts of a step"
        )
        if spanNormalization == .document {
            // So every part of a step has a question.
            let least = (windowsOfQuestion ?? 1) * processes * accumulation
            try require(
                batchSize >= least,
                "--batch-size",
                batchSize,
                "at least \(least) with --span-normalization document: --windows-per-question times the processes times the"
                    + " parts of a step"
            )
        }
        try require(
            learningRate > 0 && learningRate <= 1,
            "--learning-rate",
            learningRate,
            "above 0, at most 1"
        )
        try require(
            classifierLearningRate.map { $0 > 0 && $0 <= 1 } ?? true,
            "--classifier-learning-rate",
            classifierLearningRate ?? 0,
            "above 0, at most 1"
        )
        try require(
            (0..<1).contains(labelSmoothing),
            "--label-smoothing",
            labelSmoothing,
            "from 0 to below 1"
        )
        try require(layerDecay > 0 && layerDecay <= 1, "--layer-decay", layerDecay, "above 0, at most 1")
        try require(
            (0...layerCount).contains(freezeLayers),
            "--freeze-layers",
            freezeLayers,
            "from 0 to the \(layerCount) layers"
        )
        try require((0...1).contains(warmup), "--warmup", warmup, "from 0 to 1")
        try require((0...1).contains(weightDecay), "--weight-decay", weightDecay, "from 0 to 1")
        try require(clip > 0, "--clip", clip, "above 0")
        try require(
            dropout.map { (0..<1).contains($0) } ?? true,
            "--dropout",
            dropout ?? 0,
            "from 0 to below 1"
        )
        try require(
            [nil, .f1].contains(bestBy) || classifier != .none,
            "--best-by",
            bestBy?.rawValue ?? "",
            "f1 without a block classifier"
        )
        let layers = classifierLayers(of: layerCount)
        try require(
            Set(layers).count == layers.count && layers.allSatisfy { (1...layerCount).contains($0) },
            "--augment-layers",
            augmentLayers,
            "distinct layers from 1 to \(layerCount)"
        )
        try require(
            !freezeEncoder || !layers.isEmpty,
            "--freeze-encoder",
            "set",
            "left out without a block classifier, since nothing would learn"
        )
        if let skimInTraining {
            try require(
                layers.contains(skimInTraining),
                "--skim-in-training",
                skimInTraining,
                "one of the layers with a block classifier, \(layers.listText)"
            )
        }
        let sizes = 1...SkimConfiguration.maximumBlockSize
        try require(sizes.contains(blockSize), "--block-size", blockSize, "from 1 to \(sizes.upperBound)")
        // Cells of the whole map are 4 tokens wide, and blocks start on their borders.
        try require(
            attentionRegion != AttentionRegion.full.rawValue || classifier != .module
                || BlockCells(blockSize: blockSize).tileBlocks,
            "--block-size",
            blockSize,
            "1, 2 or a multiple of 4 with --attention-region full; with diagonal it may be anything from 1 to"
                + " \(sizes.upperBound)"
        )
        try require(
            classifier == .none || skimLayers.allSatisfy(layers.contains),
            "--skim-layer",
            skimLayers.listText,
            "among the layers with a block classifier, \(layers.listText)"
        )
        _ = try skimConfiguration(layerCount: layerCount)
    }

    /// What differs from another configuration: one text a setting, for a run that is resumed.
    ///
    /// Paths may be spelled otherwise: training data, tokenizer and teacher are compared by what they hold. What is measured on,
    /// and how the exported model skims, may change.
    func differences(from other: TrainingConfiguration) -> [String] {
        var mayDiffer: Set = [
            "model", "train", "teacher", "dev", "devLimit", "skimLayers", "skippedPositions",
        ]
        if skimInTraining == nil { mayDiffer.formUnion(["skipThreshold", "minimumKeptBlocks"]) }
        func entries(_ configuration: TrainingConfiguration) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: Mirror(reflecting: configuration).children.compactMap { child in
                    child.label.map { ($0, "\(child.value)") }
                }
            )
        }
        let (ours, theirs) = (entries(self), entries(other))
        return ours.keys.sorted().compactMap { key in
            guard !mayDiffer.contains(key), let mine = ours[key], let theirs = theirs[key], mine != theirs
            else { return nil }
            return "\(key) is \(mine) and was \(theirs)"
        }
    }
}
