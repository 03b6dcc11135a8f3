"""The weighted mean of two models of one shape: what further training changed, taken over in part.

    python Experiments/average_models.py before after 0.5 mean

0 is all of the first model, 1 all of the second. Number formats and all other files are those of the first.
"""

import json
import pathlib
import shutil
import struct
import sys

import numpy


def tensors(path):
    """Name: (number format, shape, values in f32), and the metadata."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    found = {}
    for name, tensor in header.items():
        first, last = tensor["data_offsets"]
        data = raw[8 + length + first : 8 + length + last]
        if tensor["dtype"] == "BF16":
            values = (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
        elif tensor["dtype"] == "F32":
            values = numpy.frombuffer(data, "<f4")
        else:
            raise SystemExit(f"{path}: {name} is {tensor['dtype']}, and only F32 and BF16 are averaged")
        found[name] = (tensor["dtype"], tensor["shape"], values)
    return found, metadata


def encoded(dtype, values):
    if dtype == "F32":
        return values.astype("<f4").tobytes()
    bits = values.astype("<f4").view("<u4")
    # To the nearest, ties to even.
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()


def main(first, second, weight, output):
    first, output, weight = pathlib.Path(first), pathlib.Path(output), float(weight)
    before, metadata = tensors(first / "model.safetensors")
    after, _ = tensors(pathlib.Path(second) / "model.safetensors")
    if {name: before[name][1] for name in before} != {name: after[name][1] for name in after}:
        raise SystemExit("the models have other weights: there is no mean of them")
    shutil.copytree(first, output, dirs_exist_ok=True)
    header, body = {"__metadata__": metadata}, b""
    for name, (dtype, shape, values) in before.items():
        data = encoded(dtype, (1 - weight) * values + weight * after[name][2])
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (output / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
