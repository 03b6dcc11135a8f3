"""Puts what Experiments/base-model.sh measured into one file, and prints its tables in Markdown.

    python3 Experiments/base_model.py OUTPUT [results/base-model.json]

Reads the runs and OUTPUT/results; what has not been run yet is left out. With a second argument all figures go into that file,
and the tables can be printed again of it: python3 Experiments/base_model.py results/base-model.json
"""

import json
import sys
from pathlib import Path

RUNS = ["with-block-loss", "without-block-loss", "hidden-states", "student-alone", "student-taught", "student-half"]
HOW = {"dense": "dense", "skimming": "`--max-f1-loss 1`"}
DATA = {
    "": "articles, int8", "-f32": "articles, 400 questions, f32", "-qed": "QED, int8",
    "-documents": "whole articles as one document, best-first, int8",
}


def read(path):
    found = json.loads(path.read_text())
    # Names of files, not where they lay.
    for file in found.get("lastEvaluation", {}).get("files", []):
        file["file"] = Path(file["file"]).name
    found.pop("architecture", None)
    return found


def gather(output):
    return {
        "runs": {run: read(output / run / "summary.json") for run in RUNS if (output / run / "summary.json").exists()},
        "calibration": {path.parts[-3]: read(path) for path in sorted(output.glob("*/calibration/calibration.json"))},
        "measured": {path.stem: read(path) for path in sorted((output / "results").glob("*.json"))},
    }


def table(title, head, rows):
    rows = list(rows)
    if not rows:
        return
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def file_scores(run):
    """EM and F1 of the reported articles, then of QED."""
    return [f"{file[key]:.2f}" for file in run["lastEvaluation"]["files"] for key in ("exactMatch", "f1")]


def training_rows(runs):
    for name, run in runs.items():
        yield [name, str(run["steps"]), *file_scores(run), f"{run['trainingSeconds'] / 60:.0f}"]


def layer_rows(runs):
    for name, run in runs.items():
        cuts = {cut["layer"]: cut["keptFraction"] for cut in run["lastEvaluation"].get("cuts", [])}
        for layer in run["lastEvaluation"]["blockClassifiers"]:
            rates = [f"{100 * layer[key]:.1f}" for key in ("precision", "recall", "f1")]
            yield [name, str(layer["layer"]), *rates, f"{100 * cuts[layer['layer']]:.0f} %" if layer["layer"] in cuts else ""]


def points(calibration):
    """What one way to skim gave, in turns with the dense encoder."""
    for point in calibration["points"]:
        thresholds = point["skip_threshold"]
        values = thresholds if isinstance(thresholds, list) else [thresholds]
        yield [
            " and ".join(map(str, point["skim_layers"])), " and ".join(f"{value:.4g}" for value in values),
            f"{point['exact_match']:.2f}", f"{point['f1']:.2f}", f"{point['f1_loss']:+.2f}", f"{100 * point['kept_fraction']:.1f} %",
            f"{100 * point['answer_block_recall']:.1f} %", f"{point['predicted_speedup']:.2f}",
            f"{point['measured_speedup']:.2f} ± {point.get('measured_spread', 0) / 2:.2f}",
        ]


def skim_cells(result, dense, padded):
    """How a model skims beside the same model dense, on the same questions."""
    seconds = padded["densePaddedMilliseconds"] * result["windows"] / 1000
    work = result.get("layerTokenFraction", 1)
    return [
        f"{result['exactMatch']:.2f}", f"{result['f1']:.2f}", f"{dense['f1'] - result['f1']:+.2f}",
        f"{100 * result.get('keptFraction', 1):.1f} %",
        f"{100 * result['answerBlockRecall']:.1f} %" if "answerBlockRecall" in result else "", f"{1 / work:.2f}",
        f"{result['questionsPerSecond'] / dense['questionsPerSecond']:.2f}", f"{seconds / result['seconds']:.2f}",
    ]


def main(source, target=None):
    source = Path(source)
    found = json.loads(source.read_text()) if source.is_file() else gather(source)
    if target:
        Path(target).write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    runs, measured = found["runs"], found["measured"]
    table("Training", ["run", "steps", "EM", "F1", "EM, QED", "F1, QED", "minutes"], training_rows(runs))
    table("Blocks", ["run", "layer", "precision", "recall", "F1", "kept for a recall of 99 %"], layer_rows(runs))
    head = ["EM", "F1", "loss", "kept", "recall", "Eq. 6", "over dense", "over padded"]
    for name, calibration in found["calibration"].items():
        # Older files do not say their number format: it was f32.
        title = f"{name} ({calibration['frontier']['questions']} questions, {calibration.get('precision', 'f32')})"
        table(f"In turns with the dense encoder: {title}", ["layers", "thresholds", *head[:-2], "measured"], points(calibration))
    for suffix, title in DATA.items():
        padded = measured.get("padded-f32" if suffix == "-f32" else "padded-int8")
        rows = [how for how in HOW if f"{how}{suffix}" in measured]
        table(f"As chosen ({title})", ["", *head], (
            [HOW[how], *skim_cells(measured[f"{how}{suffix}"], measured[f"dense{suffix}"], padded)] for how in rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
