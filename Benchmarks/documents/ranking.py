"""Many documents for one question: how often the answer of the right one is in front, by two ways of ranking.

    python Benchmarks/documents/ranking.py DATA_SET [--model DIR] [--questions 120] [--seed 1]

DATA_SET is SQuAD JSON; each of its articles is a document. Each question is asked of all of them, and the best answer of each
document competes with those of the others: by the sum of its logits, by its margin over no answer in its window (what
`blockskim answer` ranks by), and by its score.
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile

RANKINGS = {
    "sum of logits": lambda answer: answer["startLogit"] + answer["endLogit"],
    "margin": lambda answer: answer["margin"],
    "score": lambda answer: answer["score"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--program", default=".build/release/blockskim")
    parser.add_argument("--model")
    parser.add_argument("--questions", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    model = ["--model", arguments.model] if arguments.model else []
    articles = json.load(open(arguments.data))["data"]
    asked = [(place, question, paragraph["context"]) for place, article in enumerate(articles)
             for paragraph in article["paragraphs"] for question in paragraph["qas"]]
    random.Random(arguments.seed).shuffle(asked)
    asked = asked[: arguments.questions]

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "questions").write_text("".join(" ".join(q["question"].split()) + "\n" for _, q, _ in asked))
        answers = []  # of each article, the best answer to each question, or none
        for article in articles:
            (folder / "text.txt").write_text("\n\n".join(p["context"] for p in article["paragraphs"]))
            run = subprocess.run(
                [arguments.program, "answer", "--questions-file", folder / "questions", "--context-file", folder / "text.txt",
                 "--format", "json", *model], capture_output=True, text=True, check=True)
            answers.append([next(iter(json.loads(line)["answers"]), None) for line in run.stdout.splitlines()])

        def f1(chosen):
            references = [{"context": context, "qas": [question]} for _, question, context in asked]
            (folder / "data.json").write_text(json.dumps({"version": "1.1", "data": [{"paragraphs": references}]}))
            texts = {question["id"]: answer["text"] if answer else "" for (_, question, _), answer in zip(asked, chosen)}
            (folder / "predictions.json").write_text(json.dumps(texts))
            run = subprocess.run(
                [arguments.program, "evaluate", folder / "data.json", "--predictions", folder / "predictions.json",
                 "--format", "json"], capture_output=True, text=True, check=True)
            return json.loads(run.stdout)["f1"]

        print(f"{len(asked)} questions, {len(articles)} documents")
        print(f"{'ranked by':16} {'right document':>14} {'F1':>6}")
        for name, key in RANKINGS.items():
            chosen, right = [], 0
            for number, (place, _, _) in enumerate(asked):
                found = [i for i in range(len(articles)) if answers[i][number]]
                best = max(found, key=lambda i: key(answers[i][number]), default=None)
                chosen.append(None if best is None else answers[best][number])
                right += best == place
            print(f"{name:16} {100 * right / len(asked):12.1f} % {f1(chosen):6.2f}")
        own = [answers[place][number] for number, (place, _, _) in enumerate(asked)]
        print(f"{'(document known)':16} {100:12.1f} % {f1(own):6.2f}")


if __name__ == "__main__":
    main()
