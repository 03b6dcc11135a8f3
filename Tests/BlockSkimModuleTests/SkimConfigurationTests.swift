import BlockSkimModule
import EncoderModule
import TestSupport
import Testing

@Suite struct SkimConfigurationTests {
    private static let valid = [
        "version": "1", "block_size": "32", "block_layout": "\"passage_aligned\"",
        "attention_region": "\"full\"", "skim_layers": "[2]", "skip_threshold": "0.9",
        "skipped_positions": "\"forwarded\"", "minimum_kept_blocks": "1",
    ]

    private func read(_ changes: [String: String?] = [:]) throws -> SkimConfiguration {
        var entries: [String: String?] = Self.valid
        entries.merge(changes) { $1 }
        let lines = entries.compactMap { key, value in value.map { "\"\(key)\": \($0)" } }
        let directory = try FormulaCheckpoint(skim: "{\(lines.joined(separator: ","))}")
        return try SkimConfiguration(directory: directory.path)
    }

    @Test func readsEveryKey() throws {
        let plain = try read()
        #expect(try plain == SkimConfiguration(skimLayers: [2]))
        let other = try read([
            "block_size": "8", "block_layout": "\"absolute\"", "attention_region": "\"diagonal\"",
            "skim_layers": "[3, 1]", "skip_threshold": "1", "skipped_positions": "\"excluded\"",
            "minimum_kept_blocks": "0", "state_channels": "16",
        ])
        let expected = try SkimConfiguration(
            blockSize: 8,
            blockLayout: .absolute,
            attentionRegion: .diagonal,
            stateChannels: 16,
            skimLayers: [1, 3],
            skipThreshold: 1,
            skippedPositions: .excluded,
            minimumKeptBlocks: 0
        )
        #expect(other == expected)
    }

    @Test func takesOneThresholdForAllLayersOrOneForEach() throws {
        let one = try read(["skim_layers": "[2, 1]", "skip_threshold": "0.75"])
        #expect(one.policy.thresholds == [1: 0.75, 2: 0.75])
        let each = try read(["skim_layers": "[2, 1]", "skip_threshold": "[0.5, 0.75]"])
        #expect(each.policy.thresholds == [2: 0.5, 1: 0.75])
        for wrong in ["[0.5, 0.6]", "[]", "[0.5, 2, 0.5]", "[0.5, \"x\", 0.5]"] {
            #expect(throws: BlockSkimError.self) {
                try read(["skim_layers": "[1, 2, 3]", "skip_threshold": wrong])
            }
        }
    }

    @Test func theClassifierIsTheModuleUnlessTheFileSaysOtherwise() throws {
        #expect(try read().classifier == .module && read(["classifier": "\"module\""]).classifier == .module)
        #expect(try read(["classifier": "\"hand_crafted\""]).classifier == .handCrafted)
        #expect(throws: BlockSkimError.self) { try read(["classifier": "\"guess\""]) }
    }

    @Test func readsWhenToLookAgain() throws {
        #expect(try read().policy.secondLookScore == nil)
        #expect(try read(["second_look_score": "2.5"]).policy.secondLookScore == 2.5)
        for wrong in ["\"much\"", "1e999", "[1]"] {
            #expect(throws: BlockSkimError.self) { try read(["second_look_score": wrong]) }
        }
    }

    @Test func passesOverWhatCalibrationAdds() throws {
        #expect(try read(["calibration": "{\"recall\": [0.9, null], \"at\": \"x\"}"]) == read())
    }

    @Test(arguments: valid.keys.sorted())
    func namesAMissingKey(key: String) {
        #expect { _ = try read([key: String?.none]) } throws: { error in
            guard case .checkpoint(.missingKey(_, key)) = error as? BlockSkimError else { return false }
            return true
        }
    }

    @Test(arguments: [
        ("block_size", "0"), ("block_size", "129"), ("block_size", "32.5"), ("block_size", "\"32\""),
        ("block_size", "6"), ("block_size", "3"), ("block_layout", "\"relative\""), ("block_layout", "true"),
        ("attention_region", "\"Full\""), ("skim_layers", "[]"), ("skim_layers", "[0]"), ("skim_layers", "2"),
        ("skim_layers", "[2, 2]"), ("skim_layers", "[1.5]"), ("skip_threshold", "1.01"),
        ("skip_threshold", "-0.1"), ("skip_threshold", "\"0.9\""),
        ("skipped_positions", "\"dropped\""), ("minimum_kept_blocks", "-1"),
        ("minimum_kept_blocks", "99999999999999999999"), ("state_channels", "-1"), ("state_channels", "1025"),
        ("state_channels", "\"32\""), ("version", "\"1\""),
    ])
    func namesAKeyWithAValueThatCannotBe(key: String, value: String) {
        #expect { _ = try read([key: value]) } throws: { error in
            switch error as? BlockSkimError {
            case .checkpoint(.invalidValue(_, key, _, _)): true
            case .invalidSetting(_, key, _, _): true
            default: false
            }
        }
    }

    /// A later version may have other keys, so the version is looked at first.
    @Test func rejectsALaterVersionWhateverElseItSays() {
        #expect { _ = try read(["version": "2", "block_size": "[]"]) } throws: { error in
            guard case .unsupportedVersion(_, version: 2) = error as? BlockSkimError else { return false }
            return true
        }
    }

    /// A slice of what `Benchmarks/Fuzz` does: a broken `blockskim.json` throws or is read, and never traps.
    @Test func noMutationTraps() throws {
        let original = Array(
            "{\(Self.valid.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ","))}".utf8
        )
        let scratch = try ScratchDirectory()
        var random = SplitMix(seed: 42)
        var outcomes: [String: Int] = [:]
        for _ in 0..<2_000 {
            try scratch.write(random.mutatedText(original), to: "blockskim.json")
            do throws(BlockSkimError) {
                let configuration = try SkimConfiguration(directory: scratch.path)
                #expect((1...128).contains(configuration.blockSize) && !configuration.skimLayers.isEmpty)
                outcomes["accepted", default: 0] += 1
            } catch {
                #expect(!error.description.contains("\n"))
                let isSyntax = if case .checkpoint(.notJSONObject) = error { true } else { false }
                outcomes[isSyntax ? "not JSON" : "rejected", default: 0] += 1
            }
        }
        // The mutations reach all three ends.
        #expect(outcomes.count == 3 && outcomes.values.allSatisfy { $0 > 10 }, "\(outcomes)")
    }

    @Test func blocksOfOddSizesAreForTheDiagonalRegionOnly() throws {
        for size in [3, 5, 6, 127] {
            _ = try SkimConfiguration(blockSize: size, attentionRegion: .diagonal, skimLayers: [1])
            #expect(throws: BlockSkimError.self) { try SkimConfiguration(blockSize: size, skimLayers: [1]) }
        }
        for size in [1, 2, 4, 12, 128] { _ = try SkimConfiguration(blockSize: size, skimLayers: [1]) }
    }

    @Test func settingsChangedLaterAreCheckedAgain() throws {
        var configuration = try SkimConfiguration(skimLayers: [1])
        configuration.policy.thresholds = [3: 0.5, 1: 0.9]
        try configuration.check(layerCount: 3)
        #expect(throws: BlockSkimError.self) { try configuration.check(layerCount: 2) }
        configuration.policy.thresholds = [:]
        #expect(throws: BlockSkimError.self) { try configuration.check(layerCount: 3) }
        configuration.policy.thresholds = [1: .nan]
        #expect(throws: BlockSkimError.self) { try configuration.check(layerCount: 3) }
    }
}
