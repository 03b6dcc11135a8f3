"""Prints what the runs in a directory reached as a Markdown table.

    python3 Experiments/table.py DIRECTORY
"""

import json
import sys
from pathlib import Path


def main(directory):
    runs = sorted(Path(directory).glob("*/summary.json"), key=lambda path: path.stat().st_mtime)
    rows = [(path.parent.name, json.loads(path.read_text())["lastEvaluation"]) for path in runs]
    layers = sorted({c["layer"] for _, e in rows for c in e["blockClassifiers"]})
    print("| run | EM | F1 |" + "".join(f" layer {layer}: block F1, kept |" for layer in layers))
    print("|---|---|---|" + "---|" * len(layers))
    for name, evaluation in rows:
        f1 = {c["layer"]: c["f1"] for c in evaluation["blockClassifiers"]}
        # Runs of a trainer from before there were cuts have none.
        kept = {c["layer"]: c["keptFraction"] for c in evaluation.get("cuts", [])}
        cells = [
            f" {100 * f1[l]:.1f} %, {100 * kept[l]:.1f} % |" if l in kept else f" {100 * f1[l]:.1f} % |" if l in f1 else " |"
            for l in layers
        ]
        print(f"| {name} | {evaluation['exactMatch']:.2f} | {evaluation['f1']:.2f} |" + "".join(cells))


if __name__ == "__main__":
    main(sys.argv[1])
