import TestSupport

@testable import TokenizerModule

/// Random Unicode, as `random_text` in tokenizer_golden.py, draw for draw.
struct RandomTexts {
    let pools: [(first: UInt32, end: UInt32, weight: Int)]
    let fragments: [String]
    var random: SplitMix

    init(_ file: HashFile, seed: UInt64) {
        self.init(pools: file.pools, fragments: file.fragments, seed: seed)
    }

    init(pools: [[UInt32]], fragments: [String], seed: UInt64) {
        self.pools = pools.map { ($0[0], $0[1], Int($0[2])) }
        self.fragments = fragments
        random = SplitMix(seed: seed)
    }

    mutating func next() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<random.below(40) {
            switch random.below(16) {
            case 0: text.append(contentsOf: fragments[random.below(fragments.count)].unicodeScalars)
            case 1, 2: text.append(" ")
            default: text.append(nextScalar())
            }
        }
        return String(text)
    }

    private mutating func nextScalar() -> Unicode.Scalar {
        var ticket = random.below(pools.reduce(0) { $0 + $1.weight })
        for pool in pools {
            if ticket < pool.weight {
                let scalar = pool.first + UInt32(random.below(Int(pool.end - pool.first)))
                return Unicode.Scalar(scalar) ?? "\u{FFFD}"
            }
            ticket -= pool.weight
        }
        return "\u{FFFD}"
    }
}

/// FNV-1a, 64 bits, over 32-bit words: a text's token count, then id, start and end of each token.
struct TokenHash {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: TokenizedText) {
        add(text.ids.count)
        for (id, range) in zip(text.ids, text.offsets) {
            add(Int(id))
            add(range.lowerBound)
            add(range.upperBound)
        }
    }

    private mutating func add(_ word: Int) {
        value = (value ^ UInt64(word)) &* 0x100_0000_01B3
    }

    var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
