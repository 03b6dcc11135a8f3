"""Hugging Face's tokenizer of a directory, measured on demand as tokenizer-rounds is (see there).

    python huggingface.py METHOD DIRECTORY TEXTS TOKENS

METHOD is `encode`, a call a text, or `encode_batch`, one call for all. Run it with RAYON_NUM_THREADS=1.
"""

import array
import json
import os
import sys
import time
from pathlib import Path

import transformers


def main():
    method, directory, texts_file, tokens_file = sys.argv[1:]
    # Whatever a library prints goes to standard error; standard output is for the protocol alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    name = json.loads((Path(directory) / "tokenizer_config.json").read_text("utf-8"))["tokenizer_class"]
    tokenizer = getattr(transformers, name).from_pretrained(directory).backend_tokenizer
    texts = json.loads(Path(texts_file).read_text("utf-8"))

    def encode():
        return [tokenizer.encode(text, add_special_tokens=False) for text in texts]

    def encode_batch():
        return tokenizer.encode_batch(texts, add_special_tokens=False)

    run = {"encode": encode, "encode_batch": encode_batch}[method]
    numbers = array.array("I")
    assert numbers.itemsize == 4
    for encoding in run():
        numbers.append(len(encoding.ids))
        for token, (start, end) in zip(encoding.ids, encoding.offsets):
            numbers.extend((token, start, end))
    if sys.byteorder == "big":
        numbers.byteswap()
    Path(tokens_file).write_bytes(numbers.tobytes())

    print("ready", file=answers)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            results = run()
            milliseconds.append((time.perf_counter() - start) * 1000)
            # Letting them go does not count.
            del results
        print(json.dumps(milliseconds), file=answers)


main()
