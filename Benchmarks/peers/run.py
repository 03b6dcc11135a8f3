"""Measures blockskim beside ONNX Runtime, OpenVINO and PyTorch on the same encoder, interleaved.

    python run.py [--precision f32 bf16 int8] [--architectures bert-base minilm-l6] [--lengths 384 160] [--threads 2]

Every engine is a process that loads once and then waits. In each round every engine in turn runs a few forward
passes while the others wait; the next round starts with another engine. Turns during which other programs were at
work are repeated. Where an engine can run a precision in several ways, they are tried first, and the fastest is
measured. The report holds medians over all rounds and each engine's ratio to the fastest peer.
"""

import argparse
import contextlib
import shlex
import statistics
import sys
import tempfile
import time
from pathlib import Path

from architectures import ARCHITECTURES, linear_gflop
from disturbance import Turn
from engines import EngineError, StartedEngine, WaitingEngine
from peers import HERE, TIME_LIMIT_SECONDS, environment, fastest_variant, passed_over, prepare, progress, start_peer
from processor import has_native_bf16, processor
from report import OURS, as_json, as_table, summarise
from variants import PEERS, PRECISIONS, variants
from versions import package_versions

BINARY = HERE.parents[1] / ".build/release/blockskim"
OURS_COMMAND = (
    shlex.quote(str(BINARY)) + " benchmark --architecture {architecture} --length {length} --threads {threads} "
    "--precision {precision} --rounds-from-stdin")


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the defaults of options that have one."""

    def _get_help_string(self, action):
        return action.help if action.default is None else super()._get_help_string(action)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], formatter_class=HelpFormatter)
    add = parser.add_argument
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=["bert-base", "minilm-l6"])
    add("--lengths", nargs="+", type=positive, default=[384, 160], help="tokens of the window")
    add("--threads", type=positive, default=2)
    add("--precision", nargs="+", choices=PRECISIONS, default=["f32"],
        help="each is measured by itself; bf16 only where the processor has it")
    add("--engines", nargs="+", choices=[OURS, *PEERS], default=[OURS, *PEERS],
        help="an engine is left out where it does not have the precision")
    add("--rounds", type=positive, default=8)
    add("--runs", type=positive, default=5, help="forward passes per engine and round that count")
    add("--settle", type=float, default=0.2, metavar="SECONDS",
        help="pause before each turn, until the waiting threads of the engine before sleep")
    add("--most-disturbance", type=float, default=0.05, metavar="SHARE",
        help="repeat a turn during which other programs took more of the processors than this")
    add("--repeats", type=int, default=10, help="how often, before a disturbed turn is taken as it is")
    add("--ours-command", default=OURS_COMMAND, metavar="COMMAND",
        help="what to run for blockskim; with {runs} in it, it is started for every round and prints "
             "benchmark's JSON, else it waits for rounds on standard input as worker.py does")
    add("--ours-key", default="denseMilliseconds", metavar="KEY", help="the median in benchmark's JSON")
    add("--models", type=Path, metavar="FOLDER",
        help="keep the peers' models there and take those that are there already (default: a folder that is removed)")
    add("--format", choices=["text", "markdown", "json"], default="text")
    add("--json", type=Path, metavar="FILE",
        help="write the report with all samples there, too, after every setting")
    arguments = parser.parse_args()
    if max(arguments.lengths) > 512 or min(arguments.lengths) < 32:
        parser.error("argument --lengths: from 32 to 512 tokens")
    arguments.engines = list(dict.fromkeys(arguments.engines))
    arguments.precision = list(dict.fromkeys(arguments.precision))
    return arguments


def positive(text):
    if (number := int(text)) <= 0:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


class Setting:
    """One encoder, number of tokens and precision, with the engines that have them."""

    def __init__(self, arguments, description, architecture, length, precision):
        self.arguments, self.architecture, self.length, self.precision = arguments, architecture, length, precision
        self.variants = {
            name: found for name in arguments.engines if name != OURS
            if (found := variants(name, precision, description))}

    def name(self):
        return f"{self.architecture} {self.length} {self.precision}"

    def forms(self):
        """What prepare.py has to write for the peers."""
        return [v.model for found in self.variants.values() for v in found if v.model is not None]

    def measure(self, folder):
        """Part of the report: samples of all engines, and how each peer ran."""
        engines, tried, about = [], {}, {}
        with contextlib.ExitStack() as stack:
            for name, found in self.variants.items():
                progress(f"{self.name()}: trying {name}")
                variant, tried[name] = fastest_variant(
                    found, lambda variant: self.start(name, variant, folder)[0], self.trial)
                progress(f"{self.name()}: loading {name}")
                engine, agreed = self.start(name, variant, folder)
                stack.callback(engine.close)
                engines.append(engine)
                about[name] = {"variant": variant.name, **agreed}
            if OURS in self.arguments.engines:
                progress(f"{self.name()}: loading {OURS}")
                engines.insert(0, self.start_ours())
                stack.callback(engines[0].close)
            samples, disturbed_turns = self.measure_rounds(engines)
        return {
            "architecture": self.architecture, "length": self.length, "precision": self.precision,
            "gflop": linear_gflop(self.architecture, self.length),
            "turns": self.arguments.rounds * len(engines), "disturbedTurns": disturbed_turns,
            "engines": [{**row, **about.get(row["engine"], {})} for row in summarise(samples)],
            "triedMilliseconds": tried, "samplesMilliseconds": samples,
        }

    def start(self, name, variant, folder):
        return start_peer(
            "worker.py", name, variant, self.precision, self.architecture, folder, self.arguments.threads)

    def trial(self, engine):
        """The median milliseconds of a few passes."""
        return statistics.median(sample for _ in range(2) for sample in measure_turn(engine, self.arguments)[0])

    def start_ours(self):
        values = {"architecture": self.architecture, "length": str(self.length),
                  "threads": str(self.arguments.threads), "precision": self.precision}
        command = shlex.split(self.arguments.ours_command)
        for key, value in values.items():
            command = [part.replace("{" + key + "}", value) for part in command]
        variables = environment(self.arguments.threads)
        if any("{runs}" in part for part in command):
            engine = StartedEngine(OURS, command, variables, TIME_LIMIT_SECONDS, self.arguments.ours_key)
        else:
            engine = WaitingEngine(OURS, command, variables, TIME_LIMIT_SECONDS)
        engine.wait_until_ready()
        return engine

    def measure_rounds(self, engines):
        """Milliseconds by engine, and how many turns were disturbed to the end."""
        samples = {engine.name: [] for engine in engines}
        disturbed_turns = 0
        for round_index in range(self.arguments.rounds):
            progress(f"{self.name()}: round {round_index + 1} of {self.arguments.rounds}")
            shift = round_index % len(engines)
            for engine in engines[shift:] + engines[:shift]:
                milliseconds, is_disturbed = measure_turn(engine, self.arguments)
                samples[engine.name] += milliseconds
                disturbed_turns += is_disturbed
        return samples, disturbed_turns


def measure_turn(engine, arguments):
    """The passes that count of one turn, repeated while other programs disturb it → milliseconds, whether they did."""
    for repeat in range(arguments.repeats + 1):
        time.sleep(arguments.settle * (repeat + 1))
        turn = Turn(engine.process_id)
        # The first pass finds its weights pushed out of the caches by the engine before.
        milliseconds = engine.measure(arguments.runs + 1)[1:]
        share = turn.others_share()
        if share is None or share <= arguments.most_disturbance:
            return milliseconds, False
    return milliseconds, True


def measure(arguments, report, folder):
    """Measures all settings and adds them to the report."""
    description = report["processor"]
    if "bf16" in arguments.precision and not has_native_bf16(description):
        report["notes"].append(
            "bf16 is not measured: this processor has neither AVX-512 BF16 nor AMX, so that no peer runs it natively.")
    precisions = [p for p in arguments.precision if p != "bf16" or has_native_bf16(description)]
    for architecture in arguments.architectures:
        for length in arguments.lengths:
            settings = [Setting(arguments, description, architecture, length, p) for p in precisions]
            models = folder / f"{architecture}-{length}"
            forms = list(dict.fromkeys(form for setting in settings for form in setting.forms()))
            progress(f"{architecture} {length}: preparing models")
            if any(setting.variants for setting in settings):
                prepare(architecture, length, forms or ["f32"], models)
            for setting in settings:
                found = setting.measure(models)
                report["settings"].append(found)
                for tried in found["triedMilliseconds"].values():
                    report["notes"] += passed_over(tried)
                if arguments.json:
                    arguments.json.write_text(as_json(report) + "\n")


def main():
    arguments = parse_arguments()
    report = {
        "threads": arguments.threads, "rounds": arguments.rounds, "runs": arguments.runs, "processor": processor(),
        "notes": [], "settings": [],
    }
    try:
        report["versions"] = package_versions(arguments.engines)
        with tempfile.TemporaryDirectory(prefix="blockskim-peers-") as temporary:
            measure(arguments, report, arguments.models or Path(temporary))
    except EngineError as error:
        progress("")
        sys.exit(f"run.py: {error}")
    except KeyboardInterrupt:
        progress("")
        sys.exit(130)
    progress("")
    if arguments.json:
        arguments.json.write_text(as_json(report) + "\n")
    print(as_json(report) if arguments.format == "json" else as_table(report, arguments.format == "markdown"))


if __name__ == "__main__":
    main()
