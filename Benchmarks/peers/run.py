"""Measures blockskim beside ONNX Runtime, OpenVINO and PyTorch on the same encoder, interleaved.

    python run.py [--architectures bert-base minilm-l6] [--lengths 384 160] [--threads 2] [--format markdown]

Every engine is a process that loads once and then waits. In each round every engine in turn runs a few forward
passes while the others wait; the next round starts with another engine. Turns during which other programs were at
work are repeated. The report holds medians over all rounds and each engine's ratio to the fastest peer.
"""

import argparse
import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from architectures import ARCHITECTURES, linear_gflop
from disturbance import Turn
from engines import EngineError, StartedEngine, WaitingEngine
from report import OURS, as_json, as_table, summarise

HERE = Path(__file__).resolve().parent
BINARY = HERE.parents[1] / ".build/release/blockskim"
OURS_COMMAND = (
    shlex.quote(str(BINARY)) + " benchmark --architecture {architecture} --length {length} --threads {threads} "
    "--precision {precision} --rounds-from-stdin")
# What each engine needs, and what the versions in the report are of.
PACKAGES = {
    "onnxruntime": ["onnxruntime", "onnx", "torch", "transformers", "numpy"],
    "openvino": ["openvino", "onnxruntime", "onnx", "torch", "transformers", "numpy"],
    "pytorch": ["torch", "transformers", "numpy"],
}
TIME_LIMIT_SECONDS = 600


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=["bert-base", "minilm-l6"])
    add("--lengths", nargs="+", type=positive, default=[384, 160], help="tokens of the window")
    add("--threads", type=positive, default=2)
    add("--precision", choices=["f32", "bf16"], default="f32", help="bf16: blockskim and OpenVINO only")
    add("--engines", nargs="+", choices=[OURS, *PACKAGES], help="default: all that have the precision")
    add("--rounds", type=positive, default=8)
    add("--runs", type=positive, default=5, help="forward passes an engine and round that count")
    add("--settle", type=float, default=0.2, metavar="SECONDS",
        help="pause before each turn, until the waiting threads of the engine before sleep")
    add("--most-disturbance", type=float, default=0.05, metavar="SHARE",
        help="repeat a turn during which other programs took more of the processors than this")
    add("--repeats", type=int, default=10, help="how often, before a disturbed turn is taken as it is")
    add("--ours-command", default=OURS_COMMAND, metavar="COMMAND",
        help="what to run for blockskim; with {runs} in it, it is started for every round and prints "
             "benchmark's JSON, else it waits for rounds on standard input as worker.py does")
    add("--ours-key", default="denseMilliseconds", metavar="KEY", help="the median in benchmark's JSON")
    add("--format", choices=["text", "markdown", "json"], default="text")
    add("--json", type=Path, metavar="FILE", help="write the report, all samples included, there, too")
    arguments = parser.parse_args()
    if max(arguments.lengths) > 512 or min(arguments.lengths) < 32:
        parser.error("argument --lengths: from 32 to 512 tokens")
    possible = [OURS, *PACKAGES] if arguments.precision == "f32" else [OURS, "openvino"]
    arguments.engines = list(dict.fromkeys(arguments.engines or possible))
    if impossible := [name for name in arguments.engines if name not in possible]:
        parser.error(f"argument --engines: {', '.join(impossible)} is measured in f32 only")
    return arguments


def positive(text):
    if (number := int(text)) <= 0:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


def package_versions(engines):
    versions = {}
    for package in dict.fromkeys(p for name in engines for p in PACKAGES.get(name, [])):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            raise EngineError(
                f"{package} is not installed; run: {sys.executable} -m pip install -r "
                f"{HERE / 'requirements.txt'} (or leave engines out with --engines)") from None
    return versions


def export(architecture, length, folder):
    path = Path(folder) / f"{architecture}-{length}.onnx"
    command = [sys.executable, str(HERE / "export_onnx.py"), architecture, str(length), str(path)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise EngineError(f"export to ONNX failed\n  {shlex.join(command)}\n{result.stderr.strip()[-1500:]}")
    return path


def make_engine(name, arguments, architecture, length, onnx):
    environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), TOKENIZERS_PARALLELISM="false")
    if name == OURS:
        values = {"architecture": architecture, "length": str(length), "threads": str(arguments.threads),
                  "precision": arguments.precision}
        command = shlex.split(arguments.ours_command)
        for key, value in values.items():
            command = [part.replace("{" + key + "}", value) for part in command]
        if any("{runs}" in part for part in command):
            return StartedEngine(name, command, environment, TIME_LIMIT_SECONDS, arguments.ours_key)
        return WaitingEngine(name, command, environment, TIME_LIMIT_SECONDS)
    command = [sys.executable, str(HERE / "worker.py"), name, "--architecture", architecture, "--length",
               str(length), "--threads", str(arguments.threads), "--precision", arguments.precision]
    if onnx is not None:
        command += ["--onnx", str(onnx)]
    return WaitingEngine(name, command, environment, TIME_LIMIT_SECONDS)


def measure_setting(arguments, architecture, length):
    """All engines on one encoder → milliseconds by engine, and how many turns were disturbed to the end."""
    samples = {name: [] for name in arguments.engines}
    disturbed_turns = 0
    engines = []
    with tempfile.TemporaryDirectory(prefix="blockskim-peers-") as folder:
        try:
            onnx = None
            if {"onnxruntime", "openvino"} & set(arguments.engines):
                progress(f"{architecture} {length}: exporting")
                onnx = export(architecture, length, folder)
            # One at a time, so that none warms up against another.
            for name in arguments.engines:
                progress(f"{architecture} {length}: loading {name}")
                engines.append(make_engine(name, arguments, architecture, length, onnx))
                engines[-1].wait_until_ready()
            for round_index in range(arguments.rounds):
                progress(f"{architecture} {length}: round {round_index + 1} of {arguments.rounds}")
                shift = round_index % len(engines)
                for engine in engines[shift:] + engines[:shift]:
                    milliseconds, is_disturbed = measure_turn(engine, arguments)
                    samples[engine.name] += milliseconds
                    disturbed_turns += is_disturbed
        finally:
            for engine in engines:
                engine.close()
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


def progress(message):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{message}", end="", file=sys.stderr, flush=True)


def processor_name():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    arguments = parse_arguments()
    report = {
        "threads": arguments.threads, "precision": arguments.precision, "rounds": arguments.rounds,
        "runs": arguments.runs, "processor": processor_name(), "cores": os.cpu_count(),
        "settings": [],
    }
    try:
        report["versions"] = package_versions(arguments.engines)
        for architecture in arguments.architectures:
            for length in arguments.lengths:
                samples, disturbed_turns = measure_setting(arguments, architecture, length)
                report["settings"].append({
                    "architecture": architecture, "length": length,
                    "gflop": linear_gflop(architecture, length),
                    "turns": arguments.rounds * len(samples), "disturbedTurns": disturbed_turns,
                    "engines": summarise(samples), "samplesMilliseconds": samples,
                })
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
