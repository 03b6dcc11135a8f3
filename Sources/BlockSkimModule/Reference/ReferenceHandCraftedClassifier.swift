import EncoderModule

/// The linear layer on hand-crafted features in plain Swift, the executable specification.
///
/// Section 3, Eq. 2.
///
/// Deviation: Eq. 2 divides by the length of the block's range, here it is the number of tokens. The trainer's own features, which
/// golden values pin, are compared with these in its `ExportTests`.
package struct ReferenceHandCraftedClassifier: Sendable {
    private let linear: LinearWeights

    /// - Parameter linear: `[2, 6 · heads]`; output 1 is "relevant".
    package init(linear: LinearWeights) { self.linear = linear }

    /// Predicts whether blocks still matter.
    ///
    /// - Parameters:
    ///   - attention: `[heads, tokens, tokens]`, after softmax; row = attending token.
    ///   - partition: how the tokens are divided into blocks.
    ///   - separatorCount: the separators between question and passage.
    /// - Returns: the logits, `[blocks, 2]`; index 1 is "relevant".
    package func callAsFunction(
        attention: [Float],
        partition: BlockPartition,
        separatorCount: Int
    ) -> [Float] {
        let (tokens, heads) = (partition.tokens, linear.inputs / 6)
        let firstSeparator = partition.prefixLength - separatorCount
        let question = (0..<tokens).filter { $0 > 0 && $0 < firstSeparator }
        let separators = (0..<tokens).filter {
            $0 >= firstSeparator && $0 < partition.prefixLength || $0 == tokens - 1
        }
        return partition.blocks.flatMap { block -> [Float] in
            let kinds = [question, [0], separators]
            var features: [Double] = []  // [features, heads]
            for kind in kinds {
                for head in 0..<heads {
                    let sum = block.reduce(0.0) { sum, row in
                        kind.reduce(sum) { $0 + Double(attention[(head * tokens + row) * tokens + $1]) }
                    }
                    features.append(sum / Double(block.count))
                }
            }
            for kind in kinds {
                for head in 0..<heads {
                    let sum = kind.reduce(0.0) { sum, row in
                        block.reduce(sum) { $0 + Double(attention[(head * tokens + row) * tokens + $1]) }
                    }
                    features.append(sum / Double(max(1, kind.count)))
                }
            }
            return (0..<2).map { output in
                let weights = linear.weight[output * linear.inputs..<(output + 1) * linear.inputs]
                return linear.bias[output]
                    + Float(zip(weights, features).reduce(0.0) { $0 + Double($1.0) * $1.1 })
            }
        }
    }
}
