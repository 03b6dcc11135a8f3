"""Draws the curve of Fig. 3, speedup against F1 for each skim layer, from calibration.json.

    python Training/Plots/plot_calibration.py CALIBRATION_JSON
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(path):
    with open(path) as file:
        findings = json.load(file)
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    groups = {}
    for point in findings["points"]:
        layers = point["skim_layers"]
        name = f"layer {layers[0]}" if len(layers) == 1 else f"layers {', '.join(map(str, layers))}"
        if isinstance(point["skip_threshold"], list):
            layers, name = [], "cascades, a threshold for each layer"
        groups.setdefault((len(layers) or 99, tuple(layers), name), []).append((point["measured_speedup"], point["f1"]))
    for (_, layers, name), points in sorted(groups.items()):
        axes.plot(*zip(*sorted(points)), marker="o" if len(layers) == 1 else "s", label=name)
    axes.axhline(findings["frontier"]["dense_f1"], color="black", linestyle=":", label="dense")
    if findings.get("chosen"):
        axes.plot(
            findings["chosen"]["measured_speedup"], findings["chosen"]["f1"], "k*", markersize=14, label="chosen"
        )
    axes.set(title="Skimming: speed and accuracy", xlabel="measured speedup over the dense encoder", ylabel="F1")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path.removesuffix(".json") + ".png", dpi=120)


if __name__ == "__main__":
    main(sys.argv[1])
