"""Measures whole calls of `blockskim answer`: the time from start to end, and the most memory that is resident.

    python3 run.py [--options "--precision int8"] [--runs 20] [--format markdown]

Every call is a new process, so that starting, loading the model and answering all count. It is measured twice: with
the program and the model in the system's file cache, as after an earlier call, and with both pushed out of it, as
after a restart (Linux). Needs nothing but Python 3.10 or later.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Where was the first Fresnel lens lit?"
CACHE_STATES = ["cached", "uncached"]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--binary", type=Path, default=ROOT / ".build/release/blockskim", help="the blockskim program")
    add("--model", type=Path, default=ROOT / "Sources/BlockSkimDefaultModel/Model", help="checkpoint directory")
    add("--text", type=Path, default=ROOT / "Examples/lighthouses.txt")
    add("--question", default=QUESTION)
    add("--options", action="append", metavar="OPTIONS", default=argparse.SUPPRESS,
        help="more options of `blockskim answer`, as one argument; when repeated, all are measured in turns")
    add("--runs", type=int, default=20, help="calls of each kind")
    add("--format", choices=["text", "markdown", "json"], default="text")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error(f"argument --runs: {arguments.runs} is not positive")
    arguments.options = getattr(arguments, "options", [""])
    return arguments


def forget(paths):
    """Pushes files out of the system's file cache."""
    for path in paths:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def call(command):
    """Seconds from start to end, and the peak of resident memory in MiB."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"run.py: status {process.returncode} of {shlex.join(command)}\n{errors.decode(errors='replace')}")
    # Linux counts KiB, macOS bytes.
    return seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 ** 2)


def measure(arguments):
    """A row for each set of options and state of the file cache."""
    files = [arguments.binary, *(path for path in arguments.model.iterdir() if path.is_file())]
    states = CACHE_STATES if hasattr(os, "posix_fadvise") else CACHE_STATES[:1]
    calls = {(options, state): [] for options in arguments.options for state in states}
    for _ in range(arguments.runs):
        for options, state in calls:
            command = [str(arguments.binary), "answer", "--model", str(arguments.model), "--question",
                       arguments.question, "--context-file", str(arguments.text), *shlex.split(options)]
            # The call before the measured one brings the files into the cache.
            forget(files) if state == "uncached" else call(command)
            calls[options, state].append(call(command))
    rows = []
    for (options, state), measured in calls.items():
        seconds, memory = zip(*measured)
        rows.append({
            "options": options, "fileCache": state, "calls": len(measured),
            "medianSeconds": statistics.median(seconds), "fastestSeconds": min(seconds),
            "slowestSeconds": max(seconds), "peakMebibytes": max(memory)})
    return rows


def as_table(rows, markdown):
    head = ["options", "file cache", "seconds (median)", "fastest", "slowest", "peak memory"]
    body = [[
        row["options"] or "none", row["fileCache"],
        *(f"{row[name]:.3f}" for name in ["medianSeconds", "fastestSeconds", "slowestSeconds"]),
        f'{row["peakMebibytes"]:.0f} MiB'] for row in rows]
    if markdown:
        return "\n".join("| " + " | ".join(cells) + " |" for cells in [
            head, ["---"] * 2 + ["---:"] * (len(head) - 2), *body])
    widths = [max(len(cells[column]) for cells in [head, *body]) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in [head, *body])


def main():
    arguments = parse_arguments()
    try:
        rows = measure(arguments)
    except OSError as error:
        sys.exit(f"run.py: {error.filename}: {error.strerror}; build the program with `make build`, or give --binary")
    if arguments.format == "json":
        print(json.dumps(rows, indent=2))
    else:
        print(as_table(rows, arguments.format == "markdown"))


if __name__ == "__main__":
    main()
