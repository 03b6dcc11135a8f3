"""Long documents: reading best-first beside a simple rival, on one machine in turns.

    python Benchmarks/documents/compare.py DATA_SET [--model DIR] [--rounds 3] [--limit N] [--output FOLDER]

DATA_SET is SQuAD JSON whose contexts are long, such as `blockskim-train documents --whole-articles` makes. The rival cuts each
context into passages of 180 words that overlap by 90, takes the best 1, 2, 4 or 8 of them by BM25 and lets the same model read those
densely. The time is that of `blockskim predict`, loading and tokenising included; the rival's ranking counts nothing. Writes
documents.json and documents.png to FOLDER and prints a table.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

WORDS, STEP = 180, 90


def terms(text):
    return re.findall(r"\w+", text.lower())


def passages(context):
    """The spans of the context's passages."""
    words = [match.span() for match in re.finditer(r"\S+", context)]
    starts = range(0, max(1, len(words) - WORDS + STEP), STEP)
    return [(words[i][0], words[min(i + WORDS, len(words)) - 1][1]) for i in starts if words[i : i + WORDS]]


def best(context, question, count):
    """The passages with the highest BM25, joined in the order of the text."""
    texts = [context[start:end] for start, end in passages(context)]
    counts = [collections.Counter(terms(text)) for text in texts]
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths)
    holding = collections.Counter(term for count in counts for term in count)

    def score(i):
        return sum(
            math.log(1 + (len(texts) - holding[term] + 0.5) / (holding[term] + 0.5))
            * counts[i][term] * 2.2 / (counts[i][term] + 1.2 * (0.25 + 0.75 * lengths[i] / mean))
            for term in set(terms(question)) if counts[i][term]
        )

    chosen = sorted(sorted(range(len(texts)), key=lambda i: -score(i))[:count])
    return "\n\n".join(texts[i] for i in chosen)


def rival_data(data, count, limit):
    paragraphs = []
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                if limit and len(paragraphs) >= limit:
                    break
                context = best(paragraph["context"], question["question"], count)
                paragraphs.append({"context": context, "qas": [{**question, "answers": []}]})
    return {"version": "1.1", "data": [{"title": "passages", "paragraphs": paragraphs}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--program", default=".build/release/blockskim")
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--read-all", action="store_true", help="also time reading every window")
    parser.add_argument("--ours", nargs="*", default=[], help="further options of ours, one string for each run")
    parser.add_argument("--common", default="", help="options of every run, such as --precision f32")
    parser.add_argument("--output", default=".")
    arguments = parser.parse_args()
    data = json.load(open(arguments.data))
    shared = (["--model", arguments.model] if arguments.model else []) + arguments.common.split()
    limit = ["--limit", str(arguments.limit)] if arguments.limit else []
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for count in (1, 2, 4, 8):
            path = f"{folder}/rival-{count}.json"
            json.dump(rival_data(data, count, arguments.limit), open(path, "w"))
            runs[f"rival, {count} passage{'s' if count > 1 else ''}"] = [path, "--dense", "--read", "all"]
        runs["best-first"] = [arguments.data, "--read", "best-first", *limit]
        for options in arguments.ours:
            runs[f"best-first {options}"] = [arguments.data, "--read", "best-first", *limit, *options.split()]
        if arguments.read_all:
            runs["all windows, dense"] = [arguments.data, "--dense", "--read", "all", *limit]
            runs["all windows, skimming"] = [arguments.data, "--read", "all", *limit]
        seconds = {name: [] for name in runs}
        for turn in range(arguments.rounds):
            for name, options in runs.items():
                if name.startswith("all windows") and turn > 0:
                    continue  # minutes each
                start = time.monotonic()
                output = f"{folder}/{name}.json"
                subprocess.run(
                    [arguments.program, "predict", *options, *shared, "--output", output],
                    check=True, stderr=subprocess.DEVNULL,
                )
                seconds[name].append(time.monotonic() - start)
        rows = []
        for name in runs:
            report = subprocess.run(
                [arguments.program, "evaluate", arguments.data, "--predictions", f"{folder}/{name}.json", *limit,
                 "--format", "json"],
                check=True, capture_output=True, text=True,
            )
            scores = json.loads(report.stdout)
            rows.append({
                "name": name, "f1": scores["f1"], "exact_match": scores["exactMatch"],
                "seconds": statistics.median(seconds[name]), "runs": len(seconds[name]), "questions": scores["total"],
            })
    processor = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    output = pathlib.Path(arguments.output)
    output.mkdir(parents=True, exist_ok=True)
    found = {"data": pathlib.Path(arguments.data).name, "processor": processor, "rows": rows}
    (output / "documents.json").write_text(json.dumps(found, indent=1) + "\n")
    print(f"{'':32}  questions     EM     F1  seconds")
    for row in rows:
        print(f"{row['name']:32}  {row['questions']:9}  {row['exact_match']:5.2f}  {row['f1']:5.2f}  {row['seconds']:7.1f}")
    draw(rows, output / "documents.png")


def draw(rows, path):
    try:
        import matplotlib
    except ImportError:
        return print("no picture: matplotlib is not installed")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    groups = {"rival: BM25, then a dense reader": "rival", "best-first": "best-first", "all windows": "all windows"}
    for (label, prefix), marker in zip(groups.items(), "os^"):
        points = sorted((row["seconds"], row["f1"]) for row in rows if row["name"].startswith(prefix))
        if points:
            line = "-" if prefix == "rival" else ""
            axes.plot(*zip(*points), marker=marker, linestyle=line, label=label)
    axes.set(title="Long documents", xlabel=f"seconds for {rows[0]['questions']} questions", ylabel="F1", xscale="log")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
