import EncoderModule
import BlockSkimModule
import TensorModule
let a = CommandLine.arguments
let name = a.count > 1 ? a[1] : "bert-base", T = a.count > 2 ? Int(a[2])! : 384, th = a.count > 3 ? Int(a[3])! : 2
let region: AttentionRegion = a.count > 4 ? AttentionRegion(rawValue: a[4])! : .full
let conf = EncoderConfiguration.architectures.first { $0.key == name }!.value
let clock = ContinuousClock()
let enc = Encoder(random: conf, seed: 1)
let l = conf.layerCount / 3
let sc = try SkimConfiguration(attentionRegion: region, skimLayers: [l])
let team = ThreadTeam(ThreadBudget(threads: th)!)
let pred = SkimPredictor(weights: BlockSkimWeights(random: sc, heads: conf.heads, seed: 3), configuration: sc)
let sk = SkimmingEncoder(encoder: enc, predictors: [l: pred], layout: .passageAligned, blockSize: 32, team: team)
let ids = (0..<T).map { Int32(1000 + $0) }, types = [Int32](repeating: 0, count: T)
func med(_ p: SkimmingEncoder.Policy?, _ runs: Int) throws -> Double {
    var ts: [Double] = []
    for _ in 0..<runs {
        let d = try clock.measure { _ = try sk(ids: ids, tokenTypes: types, prefixLength: 16, policy: p) }
        ts.append(Double(d.components.attoseconds) / 1e15 + Double(d.components.seconds) * 1e3)
    }
    ts.sort(); return ts[ts.count/2]
}
_ = try med(nil, 3); _ = try med(.forced(keptFraction: 1.0/3), 3); _ = try med(.forced(keptFraction: 1), 2)
for _ in 0..<3 {
    let d = try med(nil, 11), s = try med(.forced(keptFraction: 1.0/3), 11), f = try med(.forced(keptFraction: 1), 11)
    let k = try sk(ids: ids, tokenTypes: types, prefixLength: 16, policy: .forced(keptFraction: 1.0/3)).trace.keptFraction
    print("dense", d, "skim", s, "keepall", f, "k", k, "speedup", d / s, "eq6", 1 / (1 - (1 - Double(l)/Double(conf.layerCount)) * (1 - k)))
}
