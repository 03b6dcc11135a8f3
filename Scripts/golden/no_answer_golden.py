"""Writes Tests/CommandLineTests/Fixtures/no-answer.json: a data set with unanswerable questions, predictions, probabilities of no
answer, and what SQuAD 2.0's program reports of them.

    python Scripts/golden/no_answer_golden.py Tests/CommandLineTests/Fixtures

Ran with Python 3.11.7. The rules are those of evaluation_rules.py, written from the definition of the official program: predictions
with a probability above the threshold (usually 1) count as ""; the best thresholds are found by lowering the bar from the question
that is surest to have an answer, ties in the order of the file.
"""

import json
import pathlib
import sys

from evaluation_rules import score_v2

CONTEXT = "The mill was built in 1921 by two sisters who lived near the river."

# id, reference answers, prediction, probability of no answer
QUESTIONS = [
    ("a", ["1921"], "1921", 0.02),
    ("b", ["two sisters", "sisters"], "sisters", 0.3),
    ("c", [], "the river", 0.9),
    ("d", ["near the river"], "the river", 0.30000000000000004),
    ("e", [], "", 0.95),
    ("f", ["the river"], "", 0.55),
    ("g", [], "1921", 0.3),
    ("h", ["The mill"], "mill was built", 0.125),
    ("i", [], "two", 0.31),
    ("j", ["1921"], "in 1921", 0.5),
]


def main():
    folder = pathlib.Path(sys.argv[1])
    qas = []
    for qid, golds, _, _ in QUESTIONS:
        answers = [{"text": gold, "answer_start": CONTEXT.index(gold)} for gold in golds]
        qas.append({"id": qid, "question": "What?", "answers": answers, "is_impossible": not golds})
    plain = [(qid, golds) for qid, golds, _, _ in QUESTIONS]
    predictions = {qid: prediction for qid, _, prediction, _ in QUESTIONS}
    # Not in the order of the data: the order of this file decides between equal probabilities.
    probabilities = {qid: probability for qid, _, _, probability in reversed(QUESTIONS)}
    value = {
        "_source": "python Scripts/golden/no_answer_golden.py Tests/CommandLineTests/Fixtures",
        "dataset": {"version": "v2.0", "data": [
            {"title": "mill", "paragraphs": [{"context": CONTEXT, "qas": qas}]}]},
        "predictions": predictions,
        "probabilities": probabilities,
        "usual": score_v2(plain, predictions, probabilities, 1.0),
        "above": {"threshold": 0.3, **score_v2(plain, predictions, probabilities, 0.3)},
    }
    (folder / "no-answer.json").write_text(json.dumps(value, indent=1) + "\n")


main()
