"""Draws F1 over the tokens that are read of long documents, from reading.json.

    python Training/Plots/plot_reading.py READING_JSON
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
    points = findings["frontier"]["frontier"]
    axes.plot([p["tokens"] for p in points], [p["f1"] for p in points], marker="o", label="best settings")
    axes.plot(findings["chosen"]["tokens"], findings["chosen"]["f1"], "k*", markersize=14, label="chosen")
    axes.set(
        title="Reading documents best-first",
        xlabel="tokens through all layers, a question",
        ylabel="F1",
        xscale="log",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path.removesuffix(".json") + ".png", dpi=120)


if __name__ == "__main__":
    main(sys.argv[1])
