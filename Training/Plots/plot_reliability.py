"""Draws a reliability diagram, the share of right answers against their confidence, from the JSON of an evaluation.

    blockskim evaluate DATASET --format json > evaluation.json
    python Training/Plots/plot_reliability.py EVALUATION_JSON
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(path):
    with open(path) as file:
        reliability = json.load(file)["reliability"]
    confidence = [b["confidence"] for b in reliability["bins"]]
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="black", linestyle=":", label="as right as said")
    axes.plot(confidence, [b["right"] for b in reliability["bins"]], marker="o", label="answers")
    error = reliability["expectedCalibrationError"]
    axes.set(
        title=f"{reliability['count']} answers, calibration error {error:.3f}",
        xlabel="mean confidence",
        ylabel="share right",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path.removesuffix(".json") + ".png", dpi=120)


if __name__ == "__main__":
    main(sys.argv[1])
