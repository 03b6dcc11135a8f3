"""The weighted mean of two models of one shape: what further training changed, taken over in part.

    python Experiments/average_models.py before after 0.5 mean

0 is all of the first model, 1 all of the second. Number formats and all other files are those of the first.
"""

import array
import pathlib
import shutil
import sys

import safetensors_file


def decoded(dtype, data):
    if dtype == "BF16":
        data = array.array("I", (half << 16 for half in array.array("H", data))).tobytes()
    return array.array("f", data)


def encoded(dtype, values):
    if dtype == "F32":
        return values.tobytes()
    # To the nearest, ties to even.
    words = array.array("I", values.tobytes())
    return array.array("H", (word + 0x7FFF + (word >> 16 & 1) >> 16 for word in words)).tobytes()


def read(model):
    path = model / "model.safetensors"
    tensors, metadata = safetensors_file.read(path)
    for name, (dtype, _, _) in tensors.items():
        if dtype not in ("BF16", "F32"):
            raise SystemExit(f"{path}: {name} is {dtype}, and only F32 and BF16 are averaged")
    return tensors, metadata


def main(first, second, weight, output):
    first, output, weight = pathlib.Path(first), pathlib.Path(output), float(weight)
    before, metadata = read(first)
    after, _ = read(pathlib.Path(second))
    if {name: before[name][1] for name in before} != {name: after[name][1] for name in after}:
        raise SystemExit("the models have other weights: there is no mean of them")
    mean = {}
    for name, (dtype, shape, data) in before.items():
        # Each step is rounded to f32, as arrays of that format compute.
        parts = array.array("f", ((1 - weight) * value for value in decoded(dtype, data)))
        others = array.array("f", (weight * value for value in decoded(after[name][0], after[name][2])))
        mean[name] = dtype, shape, encoded(dtype, array.array("f", (a + b for a, b in zip(parts, others))))
    shutil.copytree(first, output, dirs_exist_ok=True)
    safetensors_file.write(output / "model.safetensors", mean, metadata)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
