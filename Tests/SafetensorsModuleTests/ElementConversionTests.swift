import TestSupport
import Testing

@testable import SafetensorsModule

@Suite struct ElementConversionTests {
    /// The value of 16 bits with `exponentBits` bits of exponent by IEEE 754, in double precision.
    private func definition(_ bits: UInt16, exponentBits: Int) -> Double {
        let fractionBits = 15 - exponentBits
        let bias = 1 << (exponentBits - 1) - 1
        let exponent = Int(bits & 0x7FFF) >> fractionBits
        let fraction = Double(bits & (1 << UInt16(fractionBits) - 1)) / Double(1 << fractionBits)
        let sign: Double = bits >> 15 == 1 ? -1 : 1
        if exponent == 1 << exponentBits - 1 { return fraction == 0 ? sign * .infinity : .nan }
        let significand = exponent == 0 ? fraction : 1 + fraction
        return sign * Double(sign: .plus, exponent: max(exponent, 1) - bias, significand: significand)
    }

    private func isSame(_ value: Float, _ expected: Double) -> Bool {
        expected.isNaN ? value.isNaN : Double(value) == expected && value.sign == expected.sign
    }

    @Test func binary16ToFloatIsExactForAllBitPatterns() {
        let wrong = (0...UInt16.max).filter {
            !isSame(Float(binary16Bits: $0), definition($0, exponentBits: 5))
        }
        #expect(wrong.isEmpty)
    }

    @Test func bfloat16ToFloatIsExactForAllBitPatterns() {
        let wrong = (0...UInt16.max).filter {
            !isSame(Float(bfloat16Bits: $0), definition($0, exponentBits: 8))
        }
        #expect(wrong.isEmpty)
    }

    @Test func floatToBothRoundTripsAllBitPatterns() {
        let wrong = (0...UInt16.max).filter { bits in
            let (half, brain) = (Float(binary16Bits: bits), Float(bfloat16Bits: bits))
            let isHalfSame =
                half.isNaN ? Float(binary16Bits: half.binary16Bits).isNaN : half.binary16Bits == bits
            let isBrainSame =
                brain.isNaN ? Float(bfloat16Bits: brain.bfloat16Bits).isNaN : brain.bfloat16Bits == bits
            return !isHalfSame || !isBrainSame
        }
        #expect(wrong.isEmpty)
    }

    /// Between every two neighbours: just below the middle, the middle and just above it.
    @Test func roundsToNearestTiesToEven() {
        for bits in UInt16(0)..<0x7C00 {
            let below = definition(bits, exponentBits: 5)
            // Beyond the largest finite value the spacing goes on, as IEEE 754 says for rounding.
            let above = bits == 0x7BFF ? 65536 : definition(bits + 1, exponentBits: 5)
            let middle = Float((below + above) / 2)
            let even = bits & 1 == 0 ? bits : bits + 1
            guard middle.nextDown.binary16Bits == bits, middle.binary16Bits == even,
                middle.nextUp.binary16Bits == bits + 1, (-middle).binary16Bits == even | 0x8000
            else {
                Issue.record("binary16 after \(bits)")
                return
            }
        }
        for bits in UInt16(0)..<0x7F80 {
            let middle = Float(bitPattern: UInt32(bits) << 16 | 0x8000)
            let even = bits & 1 == 0 ? bits : bits + 1
            guard middle.nextDown.bfloat16Bits == bits, middle.bfloat16Bits == even,
                middle.nextUp.bfloat16Bits == bits + 1, (-middle).bfloat16Bits == even | 0x8000
            else {
                Issue.record("bfloat16 after \(bits)")
                return
            }
        }
    }

    @Test(arguments: [0x7F80_0001, 0xFF80_0001, 0x7FFF_FFFF, 0x7FC0_0000, 0xFFFF_FFFF] as [UInt32])
    func keepsNaN(bits: UInt32) {
        let value = Float(bitPattern: bits)
        #expect(Float(bfloat16Bits: value.bfloat16Bits).isNaN)
        #expect(Float(binary16Bits: value.binary16Bits).isNaN)
        #expect(value.bfloat16Bits >> 15 == bits >> 31)
        #expect(value.binary16Bits >> 15 == bits >> 31)
    }

    #if !(arch(x86_64) && canImport(Darwin))
        @Test func agreesWithTheStandardLibraryOnRandomValues() {
            var generator = SplitMix(seed: 42)
            for _ in 0..<200_000 {
                let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
                let expected = Float16(value)
                let found = value.binary16Bits
                guard expected.isNaN || found == expected.bitPattern else {
                    Issue.record("\(value): \(found), not \(expected.bitPattern)")
                    return
                }
            }
        }
    #endif
}
