// Written by Scripts/golden/safetensors_fixture.py, do not edit.
// Python 3.11.7, safetensors 0.8.0, torch 2.13.0+cpu.

/// A file written by Hugging Face's safetensors package, and what it holds.
enum GoldenFixture {
    static let metadata = ["note": "two\nlines, \"quotes\", \\, ü, 😀, \u{01}, /"]

    /// In the order of the data.
    static let tensors: [(name: String, elementType: String, shape: [Int])] = [
        ("position_ids", "I64", [1, 5]),
        ("embeddings.weight", "F32", [3, 4]),
        ("empty", "F32", [0, 3]),
        ("naïve \"名\"", "F32", [1]),
        ("scalar", "F32", []),
        ("brain", "BF16", [9]),
        ("half", "F16", [2, 6]),
    ]

    /// Bit patterns of the elements as binary32.
    static let floatBits: [String: [UInt32]] = [
        "embeddings.weight": [
            0x00000000, 0x80000000, 0x3FC00000, 0xC0300000, 0x00000001, 0x7F7FC99E, 0x7F800000,
            0x7FC00000, 0x3DCCCCCD, 0x9E3CE508, 0x40E00000, 0xFF800000,
        ],
        "naïve \"名\"": [0x40400000],
        "scalar": [0x422A0000],
        "brain": [
            0x00000000, 0x80000000, 0x3F800000, 0xC0490000, 0x7F7F0000, 0x00010000, 0x7F800000,
            0xFF800000, 0xFFFF0000,
        ],
        "half": [
            0x00000000, 0x80000000, 0x3F800000, 0xBFC00000, 0x477FE000, 0x38800000, 0x387FC000,
            0x33800000, 0xB3800000, 0x7F800000, 0xFF800000, 0x7FFFFFFF,
        ],
    ]

    static let positions: [Int64] = [0, 1, -1, 4611686018427387905, -9223372036854775808]

    /// The whole file.
    static let base64 = """
        EAIAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoidHdvXG5saW5lcywgXCJxdW90ZXNcIiwgXFwsIMO8LCDwn5iALCBc\
        dTAwMDEsIC8ifSwicG9zaXRpb25faWRzIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsxLDVdLCJkYXRhX29mZnNldHMiOlsw\
        LDQwXX0sImVtYmVkZGluZ3Mud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszLDRdLCJkYXRhX29mZnNldHMiOls0\
        MCw4OF19LCJlbXB0eSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCwzXSwiZGF0YV9vZmZzZXRzIjpbODgsODhdfSwibmHD\
        r3ZlIFwi5ZCNXCIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls4OCw5Ml19LCJzY2FsYXIi\
        OnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzkyLDk2XX0sImJyYWluIjp7ImR0eXBlIjoiQkYx\
        NiIsInNoYXBlIjpbOV0sImRhdGFfb2Zmc2V0cyI6Wzk2LDExNF19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlsy\
        LDZdLCJkYXRhX29mZnNldHMiOlsxMTQsMTM4XX19ICAAAAAAAAAAAAEAAAAAAAAA//////////8BAAAAAAAAQAAAAAAAAACA\
        AAAAAAAAAIAAAMA/AAAwwAEAAACeyX9/AACAfwAAwH/NzMw9COU8ngAA4EAAAID/AABAQAAAKkIAAACAgD9JwH9/AQCAf4D/\
        //8AAACAADwAvv97AAT/AwEAAYAAfAD8AH4=
        """
}
