"""Draws the bar chart of Fig. 1, accuracy and F1 of a logistic regression a layer, from study.json.

    python Training/Plots/plot_study.py STUDY_JSON
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(path):
    with open(path) as file:
        findings = json.load(file)
    layers = [layer["layer"] for layer in findings["layers"]]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for offset, name in [(-0.2, "accuracy"), (0.2, "f1")]:
        values = [100 * layer[name] for layer in findings["layers"]]
        axes.bar([x + offset for x in layers], values, width=0.4, label={"f1": "F1"}.get(name, name))
    axes.set(
        title="Does attention say where the answer is?", xlabel="layer", ylabel="percent", xticks=layers, ylim=(0, 100)
    )
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    figure.savefig(path.removesuffix(".json") + ".png", dpi=120)


if __name__ == "__main__":
    main(sys.argv[1])
