"""One engine in a process of its own, measured on demand.

    python worker.py ENGINE VARIANT --precision P --model MODEL --folder FOLDER --threads N --logits FILE.npz

The protocol, which `blockskim benchmark --rounds-from-stdin` speaks, too: after loading and warming up the line
`ready`; then for every line with a number n on standard input n forward passes, and their times in milliseconds
as a JSON array on one line. The end of input ends the process. Between two lines nothing is computed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from processor import processor
from sessions import open_session
from variants import PEERS, PRECISIONS, variants

WARM_UP_RUNS = 3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=PEERS)
    parser.add_argument("variant")
    parser.add_argument("--precision", choices=PRECISIONS, required=True)
    parser.add_argument("--model", required=True, help="an architecture or a checkpoint directory")
    parser.add_argument("--folder", type=Path, required=True, help="what prepare.py wrote")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--logits", type=Path, required=True, help="where the logits of the sample go")
    arguments = parser.parse_args()

    # Whatever a library prints goes to standard error; standard output is for the protocol alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    import numpy as np

    variant = next(v for v in variants(arguments.engine, arguments.precision, processor())
                   if v.name == arguments.variant)
    run = open_session(
        arguments.engine, variant, arguments.precision, arguments.model, arguments.folder, arguments.threads)
    inputs = dict(np.load(arguments.folder / "sample.npz"))
    np.savez(arguments.logits, *run(inputs))
    for _ in range(WARM_UP_RUNS):
        run(inputs)
    print("ready", file=answers)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run(inputs)
            milliseconds.append((time.perf_counter() - start) * 1000)
        print(json.dumps(milliseconds), file=answers)


main()
