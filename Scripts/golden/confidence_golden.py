"""Writes Tests/QuestionAnsweringModuleTests/Fixtures/confidence.json, what a confidence map makes of some spans, and
Tests/EvaluationModuleTests/Fixtures/reliability.json, calibration errors of some answers.

    python Scripts/golden/confidence_golden.py Tests

Ran with Python 3.11.7 and NumPy 2.4.6. Written from the definitions: features are cut off at their bounds, a map is two logistic
regressions, and the calibration error is over 15 bins of equal count, of which bin i of n answers begins at floor(n i / 15).
"""

import json
import pathlib
import sys

import numpy as np

NAMES = ["margin", "lead", "log_odds", "relevance", "windows_read", "windows_unread"]


def regression(generator):
    return dict(zip(["intercept", *NAMES], (float(x) for x in np.round(generator.normal(0, 0.3, 7), 3))))


def features(raw, usual):
    relevance = raw["relevance"]
    with np.errstate(divide="ignore"):
        logit = usual if relevance is None else np.clip(np.log(relevance) - np.log1p(-relevance), -10, 10)
    return np.array([
        np.clip(raw["margin"], -20, 20),
        10.0 if raw["lead"] is None else np.clip(raw["lead"], -10, 10),
        np.clip(raw["logOdds"], -10, 10),
        logit,
        np.log(raw["read"]),
        np.log1p(raw["windows"] - raw["read"]),
    ])


def probability(weights, x):
    return float(1 / (1 + np.exp(-(weights["intercept"] + np.dot([weights[name] for name in NAMES], x)))))


def confidence():
    generator = np.random.default_rng(3)
    map_ = {
        "right": regression(generator),
        "no_answer": {"regression": regression(generator), "threshold": 0.4},
        "usual_relevance": 1.5,
    }
    spans = []
    for index in range(40):
        windows = int(generator.integers(1, 30))
        raw = {
            "margin": float(generator.normal(2, 12)),
            "lead": None if index % 7 == 0 else float(generator.normal(0, 7)),
            "logOdds": float(generator.normal(0, 7)),
            "relevance": None if index % 5 == 0 else float(generator.choice([0.0, 1.0, generator.random()])),
            "windows": windows,
            "read": int(generator.integers(1, windows + 1)),
        }
        x = features(raw, map_["usual_relevance"])
        none = probability(map_["no_answer"]["regression"], x)
        spans.append({**raw, "noAnswer": none, "right": probability(map_["right"], x) * (1 - none)})
    return {"map": json.dumps(map_), "spans": spans}


def error(confidences, right):
    order = np.argsort(confidences, kind="stable")
    c, r = np.array(confidences)[order], np.array(right, float)[order]
    edges = [len(c) * i // 15 for i in range(16)]
    parts = [slice(a, b) for a, b in zip(edges, edges[1:]) if b > a]
    return float(sum((s.stop - s.start) * abs(r[s].mean() - c[s].mean()) for s in parts) / len(c))


def reliability():
    generator = np.random.default_rng(4)
    cases = []
    for count in [1, 3, 14, 15, 16, 44, 45, 600]:
        # Rounded, so that some are equal.
        confidences = [float(x) for x in np.round(generator.random(count), 2)]
        right = [bool(x) for x in generator.random(count) < np.array(confidences) ** 2]
        cases.append({"confidences": confidences, "right": right, "error": error(confidences, right)})
    return cases


tests = pathlib.Path(sys.argv[1])
SOURCE = {"_source": "python Scripts/golden/confidence_golden.py Tests"}
for target, name, value in [
    ("QuestionAnsweringModuleTests", "confidence.json", confidence()),
    ("EvaluationModuleTests", "reliability.json", {"cases": reliability()}),
]:
    (tests / target / "Fixtures" / name).write_text(json.dumps({**SOURCE, **value}) + "\n")
