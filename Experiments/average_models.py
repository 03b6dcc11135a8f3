"""The weighted mean of two models of one shape: what further training changed, taken over in part.

    python Experiments/average_models.py before after 0.5 mean

0 is all of the first model, 1 all of the second. Number formats and all other files are those of the first.
"""

import array
import json
import pathlib
import shutil
import struct
import sys


def tensors(path):
    """Name: (number format, shape, values), and the metadata."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    found = {}
    for name, tensor in header.items():
        first, last = tensor["data_offsets"]
        data = raw[8 + length + first : 8 + length + last]
        if tensor["dtype"] not in ("BF16", "F32"):
            raise SystemExit(f"{path}: {name} is {tensor['dtype']}, and only F32 and BF16 are averaged")
        if tensor["dtype"] == "BF16":
            data = array.array("I", (half << 16 for half in array.array("H", data))).tobytes()
        found[name] = (tensor["dtype"], tensor["shape"], array.array("f", data))
    return found, metadata


def encoded(dtype, values):
    if dtype == "F32":
        return values.tobytes()
    # To the nearest, ties to even.
    words = array.array("I", values.tobytes())
    return array.array("H", (word + 0x7FFF + (word >> 16 & 1) >> 16 for word in words)).tobytes()


def main(first, second, weight, output):
    first, output, weight = pathlib.Path(first), pathlib.Path(output), float(weight)
    before, metadata = tensors(first / "model.safetensors")
    after, _ = tensors(pathlib.Path(second) / "model.safetensors")
    if {name: before[name][1] for name in before} != {name: after[name][1] for name in after}:
        raise SystemExit("the models have other weights: there is no mean of them")
    shutil.copytree(first, output, dirs_exist_ok=True)
    header, body = {"__metadata__": metadata}, bytearray()
    for name, (dtype, shape, values) in before.items():
        # Each step is rounded to f32, as arrays of that format compute.
        parts = array.array("f", ((1 - weight) * value for value in values))
        others = array.array("f", (weight * value for value in after[name][2]))
        data = encoded(dtype, array.array("f", (part + other for part, other in zip(parts, others))))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (output / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
