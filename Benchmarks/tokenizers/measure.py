"""Measures the tokenizers beside Hugging Face's fast ones, on one thread, interleaved.

    python measure.py --data FILE... --tokenizers DIRECTORY [--format markdown]

Every engine is a process that loads once and then waits. In each round every engine in turn tokenizes all contexts
while the others wait; the next round starts with another engine. Before anything is measured all engines must have
given the same ids and offsets.
"""

import argparse
import importlib.metadata
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import vocabularies

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "peers"))
import run as peers  # noqa: E402
from engines import EngineError, WaitingEngine  # noqa: E402
from report import OURS, as_json, spread  # noqa: E402

BINARY = HERE / ".build/release/tokenizer-rounds"
TIME_LIMIT_SECONDS = 600


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, metavar="FILE", help="data sets in SQuAD's layout")
    add("--tokenizers", type=Path, required=True, metavar="DIRECTORY",
        help="holds bert-vocab.txt, roberta-base-vocab.json and gpt2-merges.txt")
    add("--kinds", nargs="+", choices=vocabularies.KINDS, default=list(vocabularies.KINDS))
    add("--spiece", type=Path, metavar="FILE", help="a Unigram model, in place of one trained on the contexts")
    add("--pieces", type=peers.positive, default=30_000, help="of the Unigram model that is trained")
    add("--contexts", type=peers.positive, metavar="N", help="only the first N contexts")
    add("--rounds", type=peers.positive, default=8)
    add("--runs", type=peers.positive, default=1, help="passes over all contexts an engine and round that count")
    add("--settle", type=float, default=0.2, metavar="SECONDS", help="pause before each turn")
    add("--most-disturbance", type=float, default=0.05, metavar="SHARE",
        help="repeat a turn during which other programs took more of the processors than this")
    add("--repeats", type=int, default=10, help="how often, before a disturbed turn is taken as it is")
    add("--format", choices=["text", "markdown", "json"], default="text")
    add("--json", type=Path, metavar="FILE", help="write the report, all samples included, there, too")
    return parser.parse_args()


def contexts_of(files):
    """Each context once, in the order in which they stand."""
    contexts = {}
    for file in files:
        for article in json.loads(file.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                contexts[paragraph["context"]] = None
    return list(contexts)


def measure_kind(arguments, kind, contexts, folder):
    """All engines on one kind → the kind's part of the report."""
    peers.progress(f"{kind}: vocabulary")
    directory, texts = folder / kind.replace(" ", "-"), folder / "texts.json"
    vocabularies.write(kind, directory, arguments.tokenizers, contexts, arguments.pieces, arguments.spiece)
    peer = [sys.executable, str(HERE / "huggingface.py")]
    commands = {
        OURS: [str(BINARY)], "Hugging Face, encode": [*peer, "encode"],
        "Hugging Face, encode_batch": [*peer, "encode_batch"]}
    environment = dict(os.environ, RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    samples = {name: [] for name in commands}
    engines, tokens, disturbed_turns = [], {}, 0
    try:
        for name, command in commands.items():
            peers.progress(f"{kind}: loading {name}")
            file = folder / "tokens"
            command = [*command, str(directory), str(texts), str(file)]
            engines.append(WaitingEngine(name, command, environment, TIME_LIMIT_SECONDS))
            engines[-1].wait_until_ready()
            tokens[name] = file.read_bytes()
            if tokens[name] != tokens[OURS]:
                raise EngineError(f"{kind}: {name} and {OURS} give other ids or offsets")
        for round_index in range(arguments.rounds):
            peers.progress(f"{kind}: round {round_index + 1} of {arguments.rounds}")
            shift = round_index % len(engines)
            for engine in engines[shift:] + engines[:shift]:
                milliseconds, is_disturbed = peers.measure_turn(engine, arguments)
                samples[engine.name] += milliseconds
                disturbed_turns += is_disturbed
    finally:
        for engine in engines:
            engine.close()
    return {
        "kind": kind, "tokens": (len(tokens[OURS]) // 4 - len(contexts)) // 3, "engines": rows(samples),
        "turns": arguments.rounds * len(samples), "disturbedTurns": disturbed_turns, "samplesMilliseconds": samples}


def rows(samples):
    medians = {name: statistics.median(values) for name, values in samples.items()}
    return [
        {"engine": name, "medianMilliseconds": medians[name],
         "tenthToNinetiethPercentileMilliseconds": spread(samples[name]), "samples": len(samples[name]),
         # Of ours: how many times as fast as this one.
         "ratio": medians[name] / medians[OURS]}
        for name in sorted(medians, key=medians.get)]


def as_table(report, markdown):
    head = ["kind", "engine", "ms (median)", "10 to 90 %", "MB/s", "million tokens/s", "time / ours"]
    body = []
    for part in report["kinds"]:
        for row in part["engines"]:
            seconds = row["medianMilliseconds"] / 1000
            tenth, ninetieth = row["tenthToNinetiethPercentileMilliseconds"]
            body.append([
                part["kind"], row["engine"], f"{seconds * 1000:.1f}", f"{tenth:.1f} to {ninetieth:.1f}",
                f'{report["bytes"] / 1e6 / seconds:.1f}', f'{part["tokens"] / 1e6 / seconds:.2f}',
                f'{row["ratio"]:.2f}'])
    if markdown:
        lines = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * 2 + ["---:"] * 5, *body]]
    else:
        widths = [max(map(len, column)) for column in zip(head, *body)]
        lines = [
            "  ".join(cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(cells, widths)))
            for cells in [head, *body]]
    turns = sum(part["turns"] for part in report["kinds"])
    disturbed = sum(part["disturbedTurns"] for part in report["kinds"])
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines += ["", f'{report["contexts"]} contexts, {report["bytes"] / 1e6:.2f} MB, one thread, '
              f'{report["rounds"]} interleaved rounds; ids and offsets equal; {report["processor"]}; {versions}']
    if disturbed:
        lines.append(f"Other programs were at work during {disturbed} of {turns} turns.")
    return "\n".join(lines)


def main():
    arguments = parse_arguments()
    try:
        contexts = contexts_of(arguments.data)[:arguments.contexts]
        report = {
            "contexts": len(contexts), "bytes": sum(len(text.encode()) for text in contexts),
            "rounds": arguments.rounds, "runs": arguments.runs, "processor": peers.processor_name(),
            "versions": {
                name: importlib.metadata.version(name) for name in ("tokenizers", "transformers", "sentencepiece")},
            "kinds": []}
        with tempfile.TemporaryDirectory(prefix="blockskim-tokenizers-") as folder:
            (Path(folder) / "texts.json").write_text(json.dumps(contexts))
            for kind in arguments.kinds:
                report["kinds"].append(measure_kind(arguments, kind, contexts, Path(folder)))
    except (EngineError, OSError) as error:
        peers.progress("")
        sys.exit(f"measure.py: {error}")
    except KeyboardInterrupt:
        peers.progress("")
        sys.exit(130)
    peers.progress("")
    if arguments.json:
        arguments.json.write_text(as_json(report) + "\n")
    print(as_json(report) if arguments.format == "json" else as_table(report, arguments.format == "markdown"))


if __name__ == "__main__":
    main()
