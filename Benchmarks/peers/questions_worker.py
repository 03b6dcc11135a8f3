"""One peer that answers all questions of a file on demand; speaks the protocol of worker.py.

    python questions_worker.py ENGINE VARIANT --precision P --model DIRECTORY --folder FOLDER --threads N
        --logits FILE.npz --dataset SQUAD.json --predictions FILE.json [--padded]

One pass is everything from the text of the questions to the text of the answers, one question after the other. The
answers of the last pass are in the file of predictions.
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
from windows import best_span, encode, read_questions, window_inputs

WARM_UP_QUESTIONS = 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=PEERS)
    parser.add_argument("variant")
    parser.add_argument("--precision", choices=PRECISIONS, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--folder", type=Path, required=True, help="what prepare.py wrote")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--logits", type=Path, required=True, help="where the logits of the sample go")
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--padded", action="store_true", help="pad every window to the maximum length, with a mask")
    arguments = parser.parse_args()

    # Whatever a library prints goes to standard error; standard output is for the protocol alone.
    reply = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    import numpy as np
    from transformers import AutoTokenizer

    variant = next(v for v in variants(arguments.engine, arguments.precision, processor())
                   if v.name == arguments.variant)
    run = open_session(
        arguments.engine, variant, arguments.precision, arguments.model, arguments.folder, arguments.threads)
    sample = dict(np.load(arguments.folder / "sample.npz"))
    np.savez(arguments.logits, *run(sample))
    names = [*sample, "attention_mask"] if arguments.padded else [*sample]
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    questions = read_questions(arguments.dataset)

    def answer(question, context):
        encoded = encode(tokenizer, question, context, arguments.padded)
        best = None
        for index in range(len(encoded["input_ids"])):
            start_logits, end_logits = run(window_inputs(encoded, index, names))
            found = best_span(start_logits[0], end_logits[0], encoded, index)
            if found and (best is None or found[0] > best[0]):
                best = found
        return context[best[1]:best[2]] if best else ""

    for _, question, context in questions[:WARM_UP_QUESTIONS]:
        answer(question, context)
    print("ready", file=reply)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            predictions = {identifier: answer(question, context) for identifier, question, context in questions}
            milliseconds.append((time.perf_counter() - start) * 1000)
        arguments.predictions.write_text(json.dumps(predictions, ensure_ascii=False), encoding="utf-8")
        print(json.dumps(milliseconds), file=reply)


main()
