import BlockSkimModule
import EncoderModule
import TensorModule

/// What skimming means, written another way: nothing is taken out of the encoder, but dropped tokens are masked out as
/// keys, and a token's result is its state in the last layer that it was in.
struct MaskedEncoder {
    let configuration: EncoderConfiguration
    let weights: EncoderWeights

    init(checkpoint: Checkpoint) throws {
        configuration = checkpoint.configuration
        weights = try EncoderWeights(checkpoint: checkpoint)
    }

    /// Encodes a window of which the blocks are dropped that a trace says.
    ///
    /// - Parameters:
    ///   - embeddings: `[tokens, hidden]`.
    ///   - trace: which blocks are dropped after which layer.
    /// - Returns: `[tokens, hidden]`.
    func callAsFunction(embeddings: [Float], dropping trace: SkimTrace) -> [Float] {
        var hidden = embeddings
        var result = embeddings
        var isAlive = [Bool](repeating: true, count: trace.tokens)
        for (layer, weights) in zip(1..., weights.layers) {
            hidden = attendAndFeedForward(hidden, weights, isAlive: isAlive)
            for token in isAlive.indices where isAlive[token] {
                let row = token * configuration.hidden..<(token + 1) * configuration.hidden
                result.replaceSubrange(row, with: hidden[row])
            }
            guard let decisions = trace.layers.first(where: { $0.skimLayer == layer }) else { continue }
            for block in decisions.blocks where !block.kept {
                for token in block.positions { isAlive[token] = false }
            }
            if decisions.keptTokens == 0 { break }
        }
        return result
    }

    private func attendAndFeedForward(
        _ x: [Float],
        _ layer: EncoderLayerWeights,
        isAlive: [Bool]
    ) -> [Float] {
        let (tokens, width, headSize) = (isAlive.count, configuration.hidden, configuration.headSize)
        let (query, key, value) = (linear(x, layer.query), linear(x, layer.key), linear(x, layer.value))
        func columns(_ matrix: [Float], _ token: Int, _ head: Int) -> ArraySlice<Float> {
            matrix[token * width + head * headSize..<token * width + (head + 1) * headSize]
        }
        var context = x
        let relative = weights.relativeEmbeddings.map { embeddings in
            let normalized = norm(embeddings.values, embeddings.norm)
            return (key: linear(normalized, layer.key), query: linear(normalized, layer.query))
        }
        for head in 0..<configuration.heads {
            for token in 0..<tokens {
                let scores = (0..<tokens).map { other in
                    guard isAlive[other] else { return -Float.infinity }
                    func product(_ one: ArraySlice<Float>, _ two: ArraySlice<Float>) -> Float {
                        zip(one, two).map { $0 * $1 }.reduce(0, +)
                    }
                    let (own, others) = (columns(query, token, head), columns(key, other, head))
                    var score = product(own, others)
                    if let relative, case .disentangled(let buckets) = configuration.relativePositions {
                        let row = buckets.row(ofDistance: other - token)
                        score += product(own, columns(relative.key, row, head))
                        score += product(others, columns(relative.query, row, head))
                    }
                    let terms = relative == nil ? 1 : 3
                    return score / Float(terms * headSize).squareRoot() + bias(head, other - token)
                }
                let probabilities = Reference.softmax(scores, width: tokens)
                for column in 0..<headSize {
                    let place = head * headSize + column
                    context[token * width + place] = (0..<tokens).reduce(0) {
                        $0 + probabilities[$1] * value[$1 * width + place]
                    }
                }
            }
        }
        let attended = norm(sum(linear(context, layer.attentionOutput), x), layer.attentionNorm)
        let inner = Reference.geluErf(linear(attended, layer.intermediate))
        return norm(sum(linear(inner, layer.output), attended), layer.outputNorm)
    }

    private func bias(_ head: Int, _ distance: Int) -> Float {
        weights.relativeBias?[DistanceBuckets.bucket(ofDistance: distance) * configuration.heads + head] ?? 0
    }

    private func linear(_ x: [Float], _ weights: LinearWeights) -> [Float] {
        Reference.linear(x, weight: weights.weight, bias: weights.bias, rows: x.count / weights.inputs)
    }

    private func norm(_ x: [Float], _ weights: NormWeights) -> [Float] {
        let epsilon = configuration.layerNormEpsilon
        return Reference.layerNorm(x, weight: weights.weight, bias: weights.bias, epsilon: epsilon)
    }

    private func sum(_ x: [Float], _ y: [Float]) -> [Float] { zip(x, y).map { $0 + $1 } }
}
