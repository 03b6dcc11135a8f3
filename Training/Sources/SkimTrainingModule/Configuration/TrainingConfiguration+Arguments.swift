extension TrainingConfiguration {
    /// The options of `blockskim-train train` that say the same, each with its values.
    ///
    /// What follows from the model's `blockskim.json` alone, and the number of processes, have no option.
    public var options: [(name: String, values: [String])] {
        var options: [(name: String, values: [String])] = []
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { options.append(("--" + name, [value.description])) }
        }
        func add(_ name: String, _ values: [some CustomStringConvertible]) {
            if !values.isEmpty { options.append(("--" + name, values.map(\.description))) }
        }
        func add(flag name: String, _ isSet: Bool) {
            if isSet { options.append(("--" + name, [])) }
        }
        add("model", model)
        add("train", train)
        add("cap", caps)
        add("skip-questions", skippedQuestions ?? [])
        add("weight", weights)
        add("negative-windows", negativeWindows)
        add("windows-per-question", windowsPerQuestion)
        add(flag: "all-spans", allSpans)
        add("dev", dev)
        add("dev-limit", devLimit)
        add("best-by", bestBy?.rawValue)
        add("max-length", maximumLength)
        add("overlap", overlap)
        add("classifier", classifier.rawValue)
        add("block-size", blockSize)
        add("block-layout", blockLayout)
        add("attention-region", attentionRegion)
        add("state-channels", stateChannels)
        add("augment-layers", augmentLayers)
        add("skim-in-training", skimInTraining)
        add("skip-threshold", skipThreshold)
        add("skim-layer", skimLayers)
        add("skipped-positions", skippedPositions)
        add("alpha", alpha)
        add("beta", beta)
        add("block-loss", blockLoss.rawValue)
        add("teacher", teacher)
        add("teacher-weight", teacherWeight)
        add(flag: "teacher-spans-only", teacherSpansOnly ?? false)
        add("temperature", temperature)
        add("span-normalization", spanNormalization.rawValue)
        add("label-smoothing", labelSmoothing)
        add(flag: "freeze-encoder", freezeEncoder)
        add("freeze-layers", freezeLayers)
        add("epochs", epochs)
        add("batch-size", batchSize)
        add("accumulation", accumulation)
        add("learning-rate", learningRate)
        add("classifier-learning-rate", classifierLearningRate)
        add("layer-decay", layerDecay)
        add("schedule", schedule.rawValue)
        add("warmup", warmup)
        add("weight-decay", weightDecay)
        add("clip", clip)
        add("dropout", dropout)
        add("seed", seed)
        add("precision", precision.rawValue)
        add("device", device.rawValue)
        return options
    }
}
