"""Parts SQuAD files in two: so many questions of each, chosen at random, and the rest. Some lose their question marks, if wanted.

    python Experiments/split_questions.py train.json:12000 wiki.json:3000 --seed 8 --chosen taught.json --rest rest.json
"""

import argparse
import json
import random


def questions(articles):
    return [question["id"] for article in articles for paragraph in article["paragraphs"] for question in paragraph["qas"]]


def only(articles, ids):
    """The questions of these ids, with their paragraphs and articles."""
    kept = []
    for article in articles:
        paragraphs = []
        for paragraph in article["paragraphs"]:
            asked = [question for question in paragraph["qas"] if question["id"] in ids]
            if asked:
                paragraphs.append({"context": paragraph["context"], "qas": asked})
        if paragraphs:
            kept.append({"title": article.get("title", ""), "paragraphs": paragraphs})
    return kept


def leave_out_marks(articles, share, generator):
    """Takes the question mark from some questions: people do not type one into a search field."""
    for article in articles:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                if generator.random() < share:
                    question["question"] = question["question"].rstrip("? ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE:COUNT")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--unmarked", type=float, default=0, metavar="SHARE", help="of the questions, 0 to 1")
    parser.add_argument("--chosen", required=True)
    parser.add_argument("--rest", required=True)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    chosen, rest = [], []
    for name, count in (file.rsplit(":", 1) for file in arguments.files):
        with open(name) as file:
            articles = json.load(file)["data"]
        ids = questions(articles)
        if len(set(ids)) != len(ids):
            raise SystemExit(f"{name} has ids that stand twice: it cannot be parted by them")
        taken = set(generator.sample(ids, min(int(count), len(ids))))
        chosen += only(articles, taken)
        rest += only(articles, set(ids) - taken)
    for path, articles in [(arguments.chosen, chosen), (arguments.rest, rest)]:
        leave_out_marks(articles, arguments.unmarked, generator)
        with open(path, "w") as file:
            json.dump({"version": "1.1", "data": articles}, file)


if __name__ == "__main__":
    main()
