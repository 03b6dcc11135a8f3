import BlockSkimModule
import EncoderModule
import TensorModule

let a = CommandLine.arguments
func run() throws {
    let name = a.count > 1 ? a[1] : "bert-base", T = a.count > 2 ? Int(a[2])! : 384,
        th = a.count > 3 ? Int(a[3])! : 2
    let region: AttentionRegion = a.count > 4 ? AttentionRegion(rawValue: a[4])! : .full
    let k = a.count > 5 ? Double(a[5])! : 1.0 / 3
    let conf = EncoderConfiguration.architectures.first { $0.key == name }!.value
    let enc = Encoder(random: conf, seed: 1)
    let l = a.count > 6 ? Int(a[6])! : conf.layerCount / 3
    let sc = try SkimConfiguration(attentionRegion: region, skimLayers: [l])
    let team = ThreadTeam(ThreadBudget(threads: th)!)
    let pred = SkimPredictor(
        weights: BlockSkimWeights(random: sc, heads: conf.heads, seed: 3),
        configuration: sc
    )
    let sk = SkimmingEncoder(
        encoder: enc,
        predictors: [l: pred],
        layout: .passageAligned,
        blockSize: 32,
        team: team
    )
    let b = SkimBenchmark(
        sk,
        settings: .init(length: T, paddedLength: 384, policy: .forced(keptFraction: k), runs: 15)
    )
    let r = try b.run()
    print(
        "dense",
        r.dense,
        "padded",
        r.densePadded,
        "skim",
        r.skim!,
        "k",
        r.keptFraction!,
        "speedup",
        r.dense / r.skim!,
        "eq6",
        predictedSpeedup(skimLayer: l, layerCount: conf.layerCount, keptFraction: r.keptFraction!),
        "GF",
        conf.operationCount(tokens: T) / r.dense / 1e6
    )
}
try run()
