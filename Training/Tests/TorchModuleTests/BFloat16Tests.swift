import Foundation
import Testing

@testable import TorchModule

@Suite struct BFloat16Tests {
    private static let flags = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        .split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ").map(String.init)

    /// The system lists the same instructions.
    @Test(.enabled(if: flags != nil, "only Linux on x86 lists them"))
    func processorsWithItsInstructionsMultiplyIt() throws {
        let flags = try #require(Self.flags)
        let isLimited = ProcessInfo.processInfo.environment["ONEDNN_MAX_CPU_ISA"] != nil
        let expected = !isLimited && (flags.contains("avx512_bf16") || flags.contains("amx_bf16"))
        #expect(isLimited || Torch.multipliesBFloat16(on: .cpu) == expected)
    }

    @Test func instructionSetsWithoutItAreKnown() {
        for name in ["avx2", "AVX512_CORE", "SSE41"] { #expect(!Torch.mayUseBFloat16(named: name)) }
        for name in [nil, "ALL", "AVX512_CORE_BF16", "AVX512_CORE_AMX"] as [String?] {
            #expect(Torch.mayUseBFloat16(named: name))
        }
    }

    @Test func slowdownIsAPositiveRatio() throws {
        let slowdown = try Torch.bfloat16Slowdown(on: .cpu)
        #expect(slowdown.isFinite && slowdown > 0)
    }
}
