"""Reading and writing model.safetensors with nothing but Python."""

import json
import struct


def read(path):
    """Name: (number format, shape, bytes), and the metadata."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    body = raw[8 + length :]
    return {
        name: (tensor["dtype"], tensor["shape"], body[slice(*tensor["data_offsets"])]) for name, tensor in header.items()
    }, metadata


def write(path, tensors, metadata):
    header, end = {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data for _, _, data in tensors.values())
