/// The mutations of `Scripts/golden/evaluation_datasets_golden.py`, draw for draw.
extension SplitMix {
    /// Truncated, one byte less or more, or up to three bits flipped.
    package mutating func mutated(_ data: [UInt8]) -> [UInt8] {
        var data = data
        switch below(8) {
        case 0:
            data.removeSubrange(below(data.count)...)
        case 1:
            data.remove(at: below(data.count))
        case 2:
            let index = below(data.count)
            data.insert(UInt8(below(256)), at: index)
        default:
            for _ in 0...below(3) {
                let index = below(data.count)
                data[index] ^= 1 << UInt8(below(8))
            }
        }
        return data
    }

    /// Up to three bytes replaced, inserted or removed; the bytes are those that matter to JSON.
    package mutating func mutatedText(_ data: [UInt8]) -> [UInt8] {
        let alphabet = Array("{}[]\":,\\/bfnrtu0123456789abcdefE+-. \n\ttrufalsn\u{1}\u{7F}".utf8)
        var data = data
        for _ in 0...below(3) {
            let index = below(data.count)
            let byte = alphabet[below(alphabet.count)]
            switch below(3) {
            case 0: data[index] = byte
            case 1: data.insert(byte, at: index)
            default: if data.count > 1 { data.remove(at: index) }
            }
        }
        return data
    }
}
