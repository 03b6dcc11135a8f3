"""Measures questions a second of blockskim and the peers on real questions, interleaved.

    python questions.py dev-a.json [--limit 500] [--precision f32 bf16 int8] [--threads 2]

All engines run the same model. Peers run each window at its own length, without padding. One more row is PyTorch in
f32 with every window padded to 384 tokens, which most published speedups are against. Each engine answers all
questions in every round, one after the other, tokenising included, loading not. Peers are asked as Hugging Face's
`run_qa.py` asks. EM and F1 of every engine are from `blockskim evaluate`.
"""

import argparse
import contextlib
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from disturbance import Turn
from engines import EngineError
from peers import HERE, TIME_LIMIT_SECONDS, environment, fastest_variant, passed_over, prepare, progress, start_peer
from processor import has_native_bf16, in_words, processor
from report import OURS, as_json, markdown_table, text_table
from run import BINARY, HelpFormatter, positive
from variants import PEERS, PRECISIONS, variants
from versions import package_versions
from windows import MAXIMUM_LENGTH, encode, read_questions

DEFAULT_MODEL = HERE.parents[1] / "Sources/BlockSkimDefaultModel/Model"
CALIBRATION_QUESTIONS = 64
TRIAL_QUESTIONS = 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], formatter_class=HelpFormatter)
    add = parser.add_argument
    add("dataset", type=Path, help="SQuAD JSON, such as dev-v1.1.json")
    add("--model", type=Path, default=DEFAULT_MODEL, help="checkpoint directory")
    add("--limit", type=positive, default=500,
        help="how many questions to ask: those of passages that are spread evenly over the file")
    add("--threads", type=positive, default=2)
    add("--precision", nargs="+", choices=PRECISIONS, default=PRECISIONS,
        help="of the peers; bf16 only where the processor has it")
    add("--engines", nargs="+", choices=PEERS, default=PEERS, help="the peers to measure")
    add("--rounds", type=positive, default=3)
    add("--most-disturbance", type=float, default=0.05, metavar="SHARE",
        help="report a turn as disturbed when other programs took more of the processors than this")
    add("--binary", type=Path, default=BINARY, help="the blockskim program")
    add("--ours", action="append", metavar="OPTIONS",
        help="a row of our own, by options of `blockskim evaluate`; may be repeated (default: '--precision P --dense' "
             "and '--precision P --max-f1-loss 0.3' for each precision P, and '--precision auto --max-f1-loss 0.3')")
    add("--models", type=Path, metavar="FOLDER",
        help="keep the peers' models there and take those that are there already (default: a folder that is removed)")
    add("--format", choices=["text", "markdown", "json"], default="text")
    add("--json", type=Path, metavar="FILE", help="write the report there, too")
    arguments = parser.parse_args()
    arguments.precision = list(dict.fromkeys(arguments.precision))
    if arguments.ours is None:
        arguments.ours = [f"--precision {precision} {skimming}" for precision in arguments.precision
                          for skimming in ["--dense", "--max-f1-loss 0.3"]]
        arguments.ours.append("--precision auto --max-f1-loss 0.3")
    return arguments


class Peer:
    """A peer that waits, with the file of its last answers."""

    def __init__(self, engine, about, predictions, dataset, arguments):
        self.engine, self.about = engine, about
        self.predictions, self.dataset, self.arguments = predictions, dataset, arguments
        self.process_id = engine.process_id

    def seconds(self):
        return self.engine.measure(1)[0] / 1000

    def scores(self):
        report = evaluate(self.arguments, self.dataset, ["--predictions", str(self.predictions)])
        return {"exactMatch": report["exactMatch"], "f1": report["f1"]}


class Ours:
    """`blockskim evaluate`, started in every turn; it measures itself, so that loading does not count."""

    # Its share of the processors cannot be told from that of others.
    process_id = None

    def __init__(self, options, dataset, arguments):
        self.options, self.dataset, self.arguments = shlex.split(options), dataset, arguments
        self.about = {"engine": OURS, "precision": "", "variant": options, "padded": False}
        self.report = None

    def seconds(self):
        self.report = evaluate(self.arguments, self.dataset, [
            "--model", str(self.arguments.model), "--threads", str(self.arguments.threads), *self.options])
        return self.report["seconds"]

    def scores(self):
        names = ["exactMatch", "f1", "keptFraction", "answerBlockRecall"]
        return {name: self.report[name] for name in names if name in self.report}


def evaluate(arguments, dataset, options):
    """The JSON of `blockskim evaluate`."""
    command = [str(arguments.binary), "evaluate", str(dataset), "--format", "json", *options]
    try:
        result = subprocess.run(
            command, env=environment(arguments.threads), timeout=TIME_LIMIT_SECONDS, capture_output=True, text=True)
        return json.loads(result.stdout)
    except OSError as error:
        raise EngineError(f"cannot start {command[0]}: {error.strerror}; build it or give --binary") from error
    except subprocess.TimeoutExpired:
        raise EngineError(f"no answer in {TIME_LIMIT_SECONDS} s: {shlex.join(command)}") from None
    except ValueError:
        raise EngineError(f"no JSON, status {result.returncode}\n  {shlex.join(command)}\n{result.stderr}") from None


def choose_questions(path, limit, output):
    """Writes a SQuAD file with at most `limit` questions, of passages that are spread evenly over the file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    passages = [
        (article.get("title", ""), paragraph) for article in data["data"] for paragraph in article["paragraphs"]]
    total = sum(len(paragraph["qas"]) for _, paragraph in passages)
    articles, asked, passed = [], 0, 0
    for title, paragraph in passages:
        # Takes a passage when fewer questions have been taken than the share of the file that has been passed.
        if asked * total <= passed * limit and asked < limit:
            qas = paragraph["qas"][:limit - asked]
            articles.append({"title": title, "paragraphs": [{**paragraph, "qas": qas}]})
            asked += len(qas)
        passed += len(paragraph["qas"])
    output.write_text(json.dumps({"version": data.get("version", "1.1"), "data": articles}), encoding="utf-8")
    return asked


def write_calibration(arguments, asked, output):
    """Windows for NNCF, of questions that are not asked."""
    from transformers import AutoTokenizer

    ids = {identifier for identifier, _, _ in read_questions(asked)}
    others = [q for q in read_questions(arguments.dataset) if q[0] not in ids] or read_questions(asked)
    step = max(1, len(others) // CALIBRATION_QUESTIONS)
    tokenizer = AutoTokenizer.from_pretrained(str(arguments.model))
    windows = []
    for _, question, context in others[::step][:CALIBRATION_QUESTIONS]:
        encoded = encode(tokenizer, question, context)
        names = [name for name in tokenizer.model_input_names if name != "attention_mask"]
        windows.append({name: encoded[name][0] for name in names})
    output.write_text(json.dumps(windows))


def start_peers(arguments, report, folder, dataset, stack):
    """All peers in all precisions, each in its fastest variant for windows of any length, and the padded one."""
    description = report["processor"]
    if "bf16" in arguments.precision and not has_native_bf16(description):
        report["notes"].append(
            "No peer runs bf16: this processor has neither AVX-512 BF16 nor AMX.")
    kinds = [(engine, precision, found) for precision in arguments.precision for engine in arguments.engines
             if (found := variants(engine, precision, description, fixed=False))]
    forms = list(dict.fromkeys(v.model for _, _, found in kinds for v in found if v.model is not None))
    models = (arguments.models or folder) / "questions"
    models.mkdir(parents=True, exist_ok=True)
    calibration = folder / "calibration.json"
    write_calibration(arguments, dataset, calibration)
    progress("preparing models")
    prepare(str(arguments.model), MAXIMUM_LENGTH, forms or ["f32"], models, calibration)
    trial = folder / "trial.json"
    choose_questions(dataset, TRIAL_QUESTIONS, trial)

    def start(engine, precision, variant, questions, name, padded=False):
        predictions = folder / f"{name}.json"
        options = ["--dataset", str(questions), "--predictions", str(predictions), *(["--padded"] if padded else [])]
        waiting, agreed = start_peer(
            "questions_worker.py", engine, variant, precision, arguments.model, models, arguments.threads, options)
        about = {"engine": engine, "precision": precision, "variant": variant.name, "padded": padded, **agreed}
        return Peer(waiting, about, predictions, dataset, arguments)

    peers = []
    for engine, precision, found in kinds:
        progress(f"trying {engine} in {precision}")
        variant, tried = fastest_variant(
            found, lambda variant: start(engine, precision, variant, trial, "trial-predictions").engine,
            lambda waiting: statistics.median(waiting.measure(2)))
        peers.append(start(engine, precision, variant, dataset, f"{engine}-{precision}"))
        peers[-1].about["triedMilliseconds"] = tried
        report["notes"] += passed_over(tried)
        stack.callback(peers[-1].engine.close)
    if "pytorch" in arguments.engines:
        variant, = variants("pytorch", "f32", description)
        peers.append(start("pytorch", "f32", variant, dataset, "pytorch-padded", padded=True))
        stack.callback(peers[-1].engine.close)
    return peers


def measure(arguments, report, folder):
    dataset = folder / "questions.json"
    report["questions"] = choose_questions(arguments.dataset, arguments.limit, dataset)
    with contextlib.ExitStack() as stack:
        engines = [*(Ours(options, dataset, arguments) for options in arguments.ours),
                   *start_peers(arguments, report, folder, dataset, stack)]
        seconds = [[] for _ in engines]
        for round_index in range(arguments.rounds):
            for place in range(len(engines)):
                index = (place + round_index) % len(engines)
                about = engines[index].about
                progress(f'round {round_index + 1} of {arguments.rounds}: {about["engine"]} {about["variant"]}')
                turn = Turn(engines[index].process_id)
                seconds[index].append(engines[index].seconds())
                share = turn.others_share()
                report["turns"] += share is not None
                report["disturbedTurns"] += share is not None and share > arguments.most_disturbance
        for engine, values in zip(engines, seconds):
            report["engines"].append({
                **engine.about, **engine.scores(),
                "questionsPerSecond": report["questions"] / statistics.median(values), "seconds": values})
    add_ratios(report)


def add_ratios(report):
    """Each row's speed over PyTorch's padded one and over the fastest peer that is not padded."""
    peers = [row for row in report["engines"] if row["engine"] != OURS]
    padded = next((row["questionsPerSecond"] for row in peers if row["padded"]), None)
    unpadded = max((row["questionsPerSecond"] for row in peers if not row["padded"]), default=None)
    for row in report["engines"]:
        row["overPadded"] = row["questionsPerSecond"] / padded if padded else None
        row["overFastestPeer"] = row["questionsPerSecond"] / unpadded if unpadded else None


def as_table(report, markdown):
    head = ["engine", "precision", "how", "questions a second", "over PyTorch f32 padded",
            "over the fastest unpadded peer", "EM", "F1", "kept tokens", "largest difference"]
    body = []
    for row in sorted(report["engines"], key=lambda row: -row["questionsPerSecond"]):
        kept, difference = row.get("keptFraction"), row.get("largestDifference")
        padded = f", padded to {MAXIMUM_LENGTH}" if row["padded"] else ""
        body.append([
            row["engine"], row["precision"], row["variant"] + padded, f'{row["questionsPerSecond"]:.1f}',
            *("" if row[name] is None else f"{row[name]:.2f}" for name in ["overPadded", "overFastestPeer"]),
            f'{row["exactMatch"]:.2f}', f'{row["f1"]:.2f}', "" if kept is None else f"{100 * kept:.1f} %",
            "" if difference is None else f"{difference:.1g}"])
    table = (markdown_table if markdown else text_table)(head, body, left=3)
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        f'{report["questions"]} questions, {report["threads"]} threads, batch 1, {report["rounds"]} interleaved '
        f'rounds; {in_words(report["processor"])}; {versions}', *report["notes"]]
    if report["disturbedTurns"]:
        lines.append(
            f'Other programs were at work during {report["disturbedTurns"]} of {report["turns"]} turns of peers.')
    return "\n".join([table, "", *lines])


def main():
    arguments = parse_arguments()
    report = {
        "threads": arguments.threads, "rounds": arguments.rounds, "processor": processor(), "notes": [], "turns": 0,
        "disturbedTurns": 0, "engines": []}
    try:
        report["versions"] = package_versions(arguments.engines)
        with tempfile.TemporaryDirectory(prefix="blockskim-questions-") as folder:
            measure(arguments, report, Path(folder))
    except EngineError as error:
        progress("")
        sys.exit(f"questions.py: {error}")
    except KeyboardInterrupt:
        progress("")
        sys.exit(130)
    progress("")
    if arguments.json:
        arguments.json.write_text(as_json(report) + "\n")
    print(as_json(report) if arguments.format == "json" else as_table(report, arguments.format == "markdown"))


if __name__ == "__main__":
    main()
