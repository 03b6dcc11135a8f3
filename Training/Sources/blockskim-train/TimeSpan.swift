import ArgumentParser

/// A time as people write it: `90s`, `45m`, `2h`, `1d12h`; a number alone is in seconds.
struct TimeSpan: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var (sum, digits, wasUnit) = (0.0, "", false)
        for character in argument {
            if let unit = units[character] {
                guard let count = Double(digits), count >= 0 else { return nil }
                sum += count * unit
                (digits, wasUnit) = ("", true)
            } else {
                digits.append(character)
            }
        }
        if !digits.isEmpty {
            guard !wasUnit, let count = Double(digits), count >= 0 else { return nil }
            sum = count
        }
        guard sum > 0, sum.isFinite else { return nil }
        seconds = sum
    }
}
