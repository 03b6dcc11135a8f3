"""Writes Tests/DatasetModuleTests/Fixtures/tables.json: tables as Python's csv module writes them, and the rows that it was given.

    python Scripts/golden/table_golden.py Tests/DatasetModuleTests/Fixtures

Ran with Python 3.11.7.
"""

import csv
import io
import json
import pathlib
import random
import sys

PIECES = ["a", "\u00e9", ",", '"', "\n", "\r\n", " ", "\t", "x", "\u5b57", ";", '""', "'"]
DIALECTS = [(separator, end, quoting) for separator in ",\t" for end in ("\r\n", "\n")
            for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)]


def text(generator, longest, more):
    return "".join(generator.choice(PIECES + more) for _ in range(generator.randint(0, longest))) + "w"


def main():
    generator = random.Random(16)
    tables = []
    for separator, end, quoting in DIALECTS:
        # Alone, Python writes it without quotes, and then reads it as the end of a line.
        more = ["\r"] if quoting == csv.QUOTE_ALL else []
        rows = [[f"id {index}", text(generator, 6, more), text(generator, 20, more)] for index in range(25)]
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
        writer.writerow(["id", "question", "context"])
        writer.writerows(rows)
        # What it reads is what it wrote.
        assert list(csv.reader(io.StringIO(buffer.getvalue(), newline=""), delimiter=separator))[1:] == rows
        tables.append({"text": buffer.getvalue(), "rows": rows})
    value = {"_source": "python Scripts/golden/table_golden.py Tests/DatasetModuleTests/Fixtures", "tables": tables}
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    (folder / "tables.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


main()
