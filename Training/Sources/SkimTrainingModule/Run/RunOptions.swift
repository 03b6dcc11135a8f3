import TensorModule

/// What a run does beside computing: nothing here changes its weights.
public struct RunOptions: Sendable {
    /// The run directory.
    public var output = ""
    /// Whether a run in the directory is continued.
    public var resume = false
    /// Whether a run in the directory is removed first.
    public var overwrite = false
    /// The steps between two checkpoints; nil for one checkpoint per epoch.
    ///
    /// One is also written at the end.
    public var checkpointEvery: Int?
    /// How many of the last checkpoints are kept.
    public var keptCheckpoints = 2
    /// The steps between two measurements on the development data; nil for one per epoch.
    ///
    /// One is also made at the end.
    public var evaluateEvery: Int?
    /// After how many evaluations that are no better than the best the run ends; nil to go on.
    public var patience: Int?
    /// The steps between two lines of logged metrics.
    public var logEvery = 10
    /// Whether each of them is also said to the user: where no line of progress is shown.
    public var reportsSteps = false
    /// After how many seconds to stop as after an interrupt, with no step begun that might not end in time; nil to go on to
    /// the end.
    public var maximumSeconds: Double?
    /// How many steps to do before stopping as after an interrupt, counted from the start or from where the run was
    /// resumed, an evaluation that is due included; nil to go on to the end.
    public var stopAfter: Int?
    /// How many threads are used.
    public var threads = ThreadBudget.physicalCores
    /// How the exported weights of the encoder are stored.
    public var exportPrecision = TrainingConfiguration.Precision.f32
    /// The processes that train together.
    public var processes = ProcessPlace()

    /// The defaults of the command line.
    public init() {}
}

/// Which of the processes that train together this one is.
public struct ProcessPlace: Sendable, Equatable {
    /// This process, from 0.
    public var rank = 0
    /// The number of processes.
    public var world = 1
    /// The host of the store through which they meet.
    public var host = "127.0.0.1"
    /// Its port.
    public var port = 29_500
    /// Whether another program, torchrun's agent, serves the store.
    public var storeIsServed = false

    /// One process alone.
    public init() {}

    /// Whether this process writes files and speaks.
    public var leads: Bool { rank == 0 }

    /// Reads the variables that torchrun sets: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and
    /// TORCHELASTIC_USE_AGENT_STORE.
    ///
    /// - Parameter environment: the variables of the process; without RANK and WORLD_SIZE it is alone.
    /// - Throws: `environment` for a variable that is missing or wrong.
    public init(environment: [String: String]) throws(TrainingError) {
        guard environment["WORLD_SIZE"] != nil || environment["RANK"] != nil else { return }
        func number(_ name: String, _ range: ClosedRange<Int>) throws(TrainingError) -> Int {
            let value = environment[name]
            guard let number = value.flatMap({ Int($0) }), range.contains(number) else {
                let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
                throw .environment(name: name, value: value, allowed: allowed)
            }
            return number
        }
        world = try number("WORLD_SIZE", 1...65_536)
        rank = try number("RANK", 0...world - 1)
        guard world > 1 else { return }
        port = try number("MASTER_PORT", 1...65_535)
        guard let host = environment["MASTER_ADDR"], !host.isEmpty else {
            throw .environment(name: "MASTER_ADDR", value: nil, allowed: "the host of rank 0")
        }
        self.host = host
        storeIsServed = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
    }
}
