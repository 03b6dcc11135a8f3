/// τ of each skim layer: in a file one number where all have the same, else a list.
public struct SkipThresholds: Codable, Sendable, Equatable {
    /// One for all layers, or one for each.
    public let values: [Double]

    /// - Parameter values: One for each layer, in their order.
    public init(_ values: [Double]) {
        self.values = Set(values).count == 1 ? Array(values.prefix(1)) : values
    }

    /// Reads a number or a list.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try? container.decode(Double.self)
        self.init(try number.map { [$0] } ?? container.decode([Double].self))
    }

    /// Writes a number where all are equal, else a list.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
    }

    /// τ by layer.
    ///
    /// - Parameter layers: The layers, counted from 1, in the order of the thresholds. One without a threshold gets the last.
    /// - Returns: A threshold for each.
    public func byLayer(_ layers: [Int]) -> [Int: Double] {
        var result: [Int: Double] = [:]
        for (index, layer) in layers.enumerated() {
            result[layer] = index < values.count ? values[index] : values.last
        }
        return result
    }
}
