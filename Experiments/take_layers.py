"""A shallower model of some layers of another: what a student begins as.

    python Experiments/take_layers.py model 2 4 6 8 10 12 student

Layers count from 1. Embeddings, heads and the block classifiers of these layers stay; what was calibrated does not. Train it: layers
that were not neighbours have to learn to be.
"""

import json
import pathlib
import re
import shutil
import sys

import safetensors_file

LAYER = re.compile(r"(\.layers?\.)(\d+)(?=\.)")


def taken(tensors, places):
    """The tensors of these layers, in their order, and those of none."""
    for name, tensor in tensors.items():
        found = LAYER.search(name)
        if not found:
            yield name, tensor
        elif int(found[2]) in places:
            yield LAYER.sub(rf"\g<1>{places.index(int(found[2]))}", name, count=1), tensor


def main(model, layers, output):
    model, output = pathlib.Path(model), pathlib.Path(output)
    config = json.loads((model / "config.json").read_text())
    depth = config["num_hidden_layers"]
    if layers != sorted(set(layers)) or not 1 <= layers[0] <= layers[-1] <= depth:
        raise SystemExit(f"layers are numbers from 1 to {depth}, ascending")
    shutil.copytree(model, output, dirs_exist_ok=True)
    tensors, metadata = safetensors_file.read(model / "model.safetensors")
    places = [layer - 1 for layer in layers]
    safetensors_file.write(output / "model.safetensors", dict(taken(tensors, places)), metadata)
    (output / "config.json").write_text(json.dumps(config | {"num_hidden_layers": len(layers)}, indent=2) + "\n")
    skimming = output / "blockskim.json"
    if skimming.exists():
        found = json.loads(skimming.read_text())
        for calibrated in ("calibration", "documents", "document_calibration", "confidence"):
            found.pop(calibrated, None)
        kept = [layers.index(layer) + 1 for layer in found["skim_layers"] if layer in layers[:-1]]
        found["skim_layers"] = kept or [max(1, round(len(layers) / 3))]
        skimming.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    main(sys.argv[1], [int(layer) for layer in sys.argv[2:-1]], sys.argv[-1])
