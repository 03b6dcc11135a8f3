"""Some articles of a SQuAD file, by their number from 1: what choices and figures are kept apart with.

    python Benchmarks/documents/articles.py dev.json 13 24 output.json
"""

import json
import sys


def main(source, first, last, target):
    data = json.load(open(source))
    data["data"] = data["data"][int(first) - 1 : int(last)]
    json.dump(data, open(target, "w"))


if __name__ == "__main__":
    main(*sys.argv[1:])
