/// Changes valid inputs into nearly valid ones.
struct Mutator {
    let fragments: [[UInt8]]

    /// Numbers at which readers go wrong.
    private static let numbers = [
        "0", "1", "-1", "-0", "00", "3", "255", "65536", "2147483648", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "1.5", "1e9", "1E400", "-",
        ".",
    ].map { Array($0.utf8) }

    /// One to six changes at random places.
    func mutate(_ input: inout [UInt8], using generator: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            change(&input, using: &generator)
        }
    }

    private func change(_ input: inout [UInt8], using generator: inout SplitMix) {
        let place = Int.random(in: 0...input.count, using: &generator)
        guard place < input.count else {
            input.append(UInt8(truncatingIfNeeded: generator.next()))
            return
        }
        let extent = place..<min(input.count, place + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: input[place] = UInt8(truncatingIfNeeded: generator.next())
        case 2: input[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
        case 3: input.removeSubrange(extent)
        case 4: input.insert(contentsOf: Array(input[extent]), at: place)
        case 5:
            let other = Int.random(in: 0..<input.count, using: &generator)
            input.swapAt(place, other)
        case 6:
            // Rare, because little of the input is left to find anything in.
            guard Int.random(in: 0..<4, using: &generator) == 0 else { return }
            input.removeSubrange(place...)
        case 7...9:
            replaceNumber(in: &input, from: place, using: &generator)
        default:
            input.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: place)
        }
    }

    /// Replaces the first number at or after the place: by a difficult one or by one that stands elsewhere.
    private func replaceNumber(
        in input: inout [UInt8],
        from place: Int,
        using generator: inout SplitMix
    ) {
        guard let old = number(in: input, from: place) else { return }
        let elsewhere = number(in: input, from: Int.random(in: 0..<input.count, using: &generator))
        if let elsewhere, Bool.random(using: &generator) {
            input.replaceSubrange(old, with: Array(input[elsewhere]))
        } else {
            input.replaceSubrange(old, with: Self.numbers.randomElement(using: &generator) ?? [])
        }
    }

    /// The place of the first run of digits at or after a place.
    private func number(in input: [UInt8], from place: Int) -> Range<Int>? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = input[place...].firstIndex(where: digits.contains) else { return nil }
        return start..<(input[start...].firstIndex { !digits.contains($0) } ?? input.count)
    }
}
