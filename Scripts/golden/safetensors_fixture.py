"""Writes Tests/SafetensorsModuleTests/GoldenFixture.swift: a file by Hugging Face's safetensors and its values.

Ran with Python 3.11.7, safetensors 0.8.0, torch 2.13.0+cpu, from the root of the repository:

    python Scripts/golden/safetensors_fixture.py

The values of every tensor are stated as the bit patterns of their conversion to float32 by PyTorch.
"""

import base64
import platform
import textwrap

import safetensors
import safetensors.torch
import torch

OUTPUT = "Tests/SafetensorsModuleTests/GoldenFixture.swift"
INF, NAN = float("inf"), float("nan")

# One metadata entry only: the package writes several in random order.
METADATA = {"note": "two\nlines, \"quotes\", \\, ü, 😀, \x01, /"}

# In the order in which the package writes them: by descending type, then by name.
TENSORS = {
    "position_ids": torch.tensor([[0, 1, -1, 2**62 + 1, -(2**63)]], dtype=torch.int64),
    "embeddings.weight": torch.tensor([[0.0, -0.0, 1.5, -2.75], [1e-45, 3.4e38, INF, NAN], [0.1, -1e-20, 7, -INF]]),
    "empty": torch.zeros(0, 3),
    "naïve \"名\"": torch.tensor([3.0]),
    "scalar": torch.tensor(42.5),
    "brain": torch.tensor([0.0, -0.0, 1.0, -3.140625, 3.3895e38, 1e-40, INF, -INF, NAN]).to(torch.bfloat16),
    "half": torch.tensor([[0.0, -0.0, 1.0, -1.5, 65504.0, 6.1035e-5], [6.0976e-5, 6e-8, -6e-8, INF, -INF, NAN]]).half(),
}


def hexadecimal(tensor):
    if tensor.dtype == torch.int64:
        return [str(value) for value in tensor.flatten().tolist()]
    bits = tensor.float().flatten().view(torch.int32).tolist()
    return [f"0x{value & 0xFFFFFFFF:08X}" for value in bits]


def array(values, indent):
    """A Swift array literal whose lines fit into 110 columns."""
    if len(values) == 1:
        return f"[{values[0]}]"
    joined = textwrap.wrap(", ".join(values) + ",", 100 - indent)
    pad = " " * (indent + 4)
    return "[\n" + "".join(f"{pad}{line}\n" for line in joined) + " " * indent + "]"


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x01", "\\u{01}")
    return f'"{escaped}"'


def main():
    data = safetensors.torch.save(TENSORS, metadata=METADATA)
    lines = textwrap.wrap(base64.b64encode(data).decode(), 96)
    swift = [
        "// Written by Scripts/golden/safetensors_fixture.py, do not edit.",
        f"// Python {platform.python_version()}, safetensors {safetensors.__version__}, torch {torch.__version__}.",
        "",
        "/// A file written by Hugging Face's safetensors package, and what it holds.",
        "enum GoldenFixture {",
        f"    static let metadata = [{', '.join(f'{literal(k)}: {literal(v)}' for k, v in METADATA.items())}]",
        "",
        "    /// In the order of the data.",
        "    static let tensors: [(name: String, elementType: String, shape: [Int])] = [",
    ]
    types = {torch.int64: "I64", torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}
    for name, tensor in TENSORS.items():
        swift.append(f'        ({literal(name)}, "{types[tensor.dtype]}", {list(tensor.shape)}),')
    swift += ["    ]", "", "    /// Bit patterns of the elements as binary32.", "    static let floatBits: [String: [UInt32]] = ["]
    for name, tensor in TENSORS.items():
        if tensor.dtype != torch.int64 and tensor.numel() > 0:
            swift.append(f"        {literal(name)}: {array(hexadecimal(tensor), 8)},")
    integers = ", ".join(hexadecimal(TENSORS["position_ids"]))
    swift += [
        "    ]",
        "",
        f"    static let positions: [Int64] = [{integers}]",
        "",
        "    /// The whole file.",
        '    static let base64 = """',
        *(f"        {line}\\" for line in lines[:-1]),
        f"        {lines[-1]}",
        '        """',
        "}",
    ]
    with open(OUTPUT, "w") as file:
        file.write("\n".join(swift) + "\n")


main()
