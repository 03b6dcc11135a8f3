"""Which window of a document is read first: what words say, sentence vectors, and the relevance of a lower layer's blocks.

    python Benchmarks/documents/order.py DATA_SET --sentence-model DIR [--model DIR] [--limit N] [--save FILE]

DATA_SET is SQuAD JSON whose contexts are long. Windows have 256 tokens, 64 of them shared. Printed is the share of questions whose
answer is whole in the first k windows. *Sentence vectors* are means over the last layer of an encoder such as all-MiniLM-L6-v2, whose
cosine with the question's counts as much as so many points of BM25. *Relevance* is the highest logit of a block of the window after
layer 3 of the model; it orders the first 8 windows by BM25 anew. Needs numpy, tokenizers, torch and transformers.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import tempfile

import numpy
import tokenizers
import torch
import transformers

PAIR_WEIGHT = 0.25
COUNTS = (1, 2, 4, 8)
FIRST = 8


def bm25(question, windows, pair_weight):
    """BM25 of the question's tokens and pairs, as Sources/QuestionAnsweringModule/LexicalIndex.swift has it."""
    terms = {(term,): 1.0 for term in question} | {pair: pair_weight for pair in zip(question, question[1:])}
    counts = [collections.Counter([(t,) for t in window] + list(zip(window, window[1:]))) for window in windows]
    mean = sum(map(len, windows)) / len(windows)
    scores = numpy.zeros(len(windows))
    for term, weight in terms.items():
        holding = sum(term in count for count in counts)
        rarity = math.log(1 + (len(windows) - holding + 0.5) / (holding + 0.5))
        for i, count in enumerate(counts):
            if count[term]:
                norm = 1.2 * (0.25 + 0.75 * len(windows[i]) / mean)
                scores[i] += weight * rarity * count[term] * 2.2 / (count[term] + norm)
    return scores


class SentenceVectors:
    def __init__(self, directory):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
        self.model = transformers.AutoModel.from_pretrained(directory).eval()

    def __call__(self, texts):
        vectors = []
        for i in range(0, len(texts), 16):
            batch = self.tokenizer(
                texts[i : i + 16], padding=True, truncation=True, max_length=256, return_tensors="pt")
            with torch.inference_mode():
                states = self.model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1)
            vectors.append(torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1))
        return torch.cat(vectors).numpy()


def skimmed(arguments, context, questions):
    """Of each question the windows' spans of text, and the highest logit of a block of theirs after layer 3."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "text.txt").write_text(context)
        (folder / "questions").write_text("".join(" ".join(q["question"].split()) + "\n" for q in questions))
        run = subprocess.run(
            [arguments.program, "answer", "--model", arguments.model, "--context-file", folder / "text.txt", "--questions-file",
             folder / "questions", "--read", "all", "--max-length", "256", "--overlap", "64", "--skim-layer", "3",
             "--skip-threshold", "0", "--format", "json"], capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        windows = {}
        for block in json.loads(line)["skim"]["blocks"]:
            start, end, best = windows.get(block["window"], (block["start"], 0, -math.inf))
            p = min(max(block["relevance"], 1e-7), 1 - 1e-7)
            windows[block["window"]] = min(start, block["start"]), max(end, block["end"]), max(best, math.log(p / (1 - p)))
        yield [windows[i] for i in sorted(windows)]


def measure(arguments):
    """Of each question: BM25 of tokens, and of tokens and pairs, cosine and relevance of all windows; which hold the answer."""
    tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(arguments.model) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    vectors = SentenceVectors(arguments.sentence_model)
    found = []
    for article in json.load(open(arguments.data))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            questions = [q for q in paragraph["qas"] if q["answers"]][: max(0, arguments.limit - len(found))]
            if not questions:
                continue
            tokens = tokenizer.encode(context, add_special_tokens=False)
            embedded = {}
            for question, windows in zip(questions, skimmed(arguments, context, questions)):
                texts = [context[start:end] for start, end, _ in windows]
                new = [text for text in texts if text not in embedded]
                embedded |= dict(zip(new, vectors(new))) if new else {}
                ids = [[i for i, (a, b) in zip(tokens.ids, tokens.offsets) if start <= a and b <= end] for start, end, _ in windows]
                asked = tokenizer.encode(question["question"], add_special_tokens=False).ids
                spans = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in question["answers"]]
                found.append({
                    "bm25": bm25(asked, ids, 0).tolist(), "pairs": bm25(asked, ids, PAIR_WEIGHT).tolist(),
                    "cosine": (numpy.stack([embedded[t] for t in texts]) @ vectors([question["question"]])[0]).tolist(),
                    "relevance": [logit for _, _, logit in windows],
                    "holds": [any(start <= a and b <= end for a, b in spans) for start, end, _ in windows],
                })
    return found


def orders():
    """Each order's name, and the scores that it goes by."""
    yield "BM25 of tokens", lambda q: q["bm25"]
    yield "and of pairs at 1/4", lambda q: q["pairs"]
    for weight in (5, 10, 20, 40):
        yield f"  and cosine times {weight}", lambda q, w=weight: q["pairs"] + w * q["cosine"]
    yield "cosine alone", lambda q: q["cosine"]
    for weight in (0.5, 1, 2, 4):
        yield f"  of the first {FIRST}: and relevance times {weight}", lambda q, w=weight: reordered(q, q["pairs"] + w * q["relevance"])
    yield f"  of the first {FIRST}: relevance alone", lambda q: reordered(q, q["relevance"])


def reordered(q, scores):
    first = numpy.argsort(-q["pairs"], kind="stable")[:FIRST]
    changed = numpy.full(len(scores), -math.inf)
    changed[first] = scores[first]
    return changed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--program", default=".build/release/blockskim")
    parser.add_argument("--model", default="Sources/BlockSkimDefaultModel/Model")
    parser.add_argument("--sentence-model", required=True)
    parser.add_argument("--limit", type=int, default=10**9, help="at most this many questions")
    parser.add_argument("--save", help="keep what was measured there, as JSON")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.save:
        pathlib.Path(arguments.save).write_text(json.dumps(found))
    questions = [{key: numpy.array(values) for key, values in question.items()} for question in found]
    windows = sum(len(q["holds"]) for q in questions) / len(questions)
    print(f"{len(questions)} questions, {windows:.1f} windows each on average")
    print(f"{'order':48}" + "".join(f"{f'k = {count}':>8}" for count in COUNTS))
    for name, key in orders():
        held = [q["holds"][numpy.argsort(-key(q), kind="stable")] for q in questions]
        print(f"{name:48}" + "".join(f"{100 * sum(h[:count].any() for h in held) / len(held):8.1f}" for count in COUNTS))


if __name__ == "__main__":
    main()
