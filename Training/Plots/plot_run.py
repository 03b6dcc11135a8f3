"""Draws loss, F1 and block classifiers of a run from its metrics.jsonl.

    python Training/Plots/plot_run.py RUN_DIRECTORY

Writes RUN_DIRECTORY/plots/loss.png; f1.png when there were evaluations, blocks.png and kept.png when there were classifiers.
"""

import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def draw(path, title, axis, curves):
    draw_stacked(path, title, {axis: curves})


def draw_stacked(path, title, curves_by_axis):
    """One diagram below the other, each with an axis of its own, over the same steps."""
    count = len(curves_by_axis)
    figure, rows = plt.subplots(
        count, figsize=(7, 1 + 3 * count), layout="constrained", sharex=True, squeeze=False)
    for (axis, curves), axes in zip(curves_by_axis.items(), rows[:, 0]):
        for name, points in curves.items():
            axes.plot(*zip(*points), label=name, marker="o" if len(points) < 20 else None)
        axes.set(ylabel=axis)
        axes.grid(alpha=0.3)
        axes.legend()
    rows[0, 0].set(title=title)
    rows[-1, 0].set(xlabel="step")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main(directory):
    with open(f"{directory}/metrics.jsonl") as file:
        lines = [json.loads(line) for line in file]
    plots = f"{directory}/plots"
    os.makedirs(plots, exist_ok=True)
    steps = [line for line in lines if "loss" in line]
    evaluations = [(line["step"], line["evaluation"]) for line in lines if "evaluation" in line]
    if steps:
        losses = {
            "joint": [(s["step"], s["loss"]) for s in steps],
            "question answering": [(s["step"], s["questionAnsweringLoss"]) for s in steps],
        }
        measured = [(step, e["loss"]) for step, e in evaluations if "loss" in e]
        if measured:
            losses["question answering, development data"] = measured
        blocks = {
            f"layer {layer}": [(s["step"], s["blockLosses"][layer]) for s in steps]
            for layer in sorted(steps[-1]["blockLosses"], key=int)
        }
        diagrams = {"loss": losses, "loss of blocks": blocks} if blocks else {"loss": losses}
        draw_stacked(f"{plots}/loss.png", "Loss", diagrams)
    if not evaluations:
        return
    draw(
        f"{plots}/f1.png",
        "Answers on the development data",
        "percent",
        {
            "F1": [(s, e["f1"]) for s, e in evaluations],
            "EM": [(s, e["exactMatch"]) for s, e in evaluations],
            **({"F1 as skimmed": skimmed} if (skimmed := [
                (s, e["skimmed"]["f1"]) for s, e in evaluations if "skimmed" in e]) else {}),
        },
    )
    layers = [c["layer"] for c in evaluations[-1][1]["blockClassifiers"]]
    if layers:
        curves = {
            f"layer {layer}": [(s, 100 * e["blockClassifiers"][i]["f1"]) for s, e in evaluations]
            for i, layer in enumerate(layers)
        }
        draw(f"{plots}/blocks.png", "Block classifiers on the development data", "F1, percent", curves)
        curves = {}
        for step, evaluation in evaluations:
            for cut in evaluation.get("cuts", []):
                curves.setdefault(f"layer {cut['layer']}", []).append((step, 100 * cut["keptFraction"]))
        if curves:
            draw(f"{plots}/kept.png", "What keeps 99 % of the answer blocks", "tokens kept, percent", curves)


if __name__ == "__main__":
    main(sys.argv[1])
