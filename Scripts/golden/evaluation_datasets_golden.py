"""Writes the golden values of DatasetModuleTests: gzip, JSON, and what is in the shared data sets.

    python Scripts/golden/evaluation_datasets_golden.py --shared ../shared

Ran with Python 3.11.7 and its zlib and json modules.
"""

import argparse
import base64
import gzip
import json
import pathlib
import platform
import zlib

from synthetic_predictions import SplitMix64

COMMAND = "python Scripts/golden/evaluation_datasets_golden.py --shared ../shared"
TESTS = pathlib.Path(__file__).resolve().parents[2] / "Tests"
FIXTURES = TESTS / "DatasetModuleTests/Fixtures"


def write(name, value, fixtures=FIXTURES):
    source = f"{COMMAND}; Python {platform.python_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    text = json.dumps({"_source": source, **value}, separators=(",", ":")) + "\n"
    (fixtures / name).write_text(text, encoding="ascii")
    print(name, len(text))


def compress(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY, flush_every=None):
    packer = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
    if flush_every is None:
        return packer.compress(data) + packer.flush()
    parts = []
    for start in range(0, len(data), flush_every):
        parts.append(packer.compress(data[start : start + flush_every]) + packer.flush(zlib.Z_FULL_FLUSH))
    return b"".join(parts) + packer.flush()


def with_header(packed, flags, fields, checksum=False):
    """Replaces the ten-byte header by one with optional fields."""
    header = b"\x1f\x8b\x08" + bytes([flags | (2 if checksum else 0)]) + bytes(5) + b"\x03" + fields
    if checksum:
        header += (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little")
    return header + packed[10:]


def decompress(data):
    """The bytes of all members, or None. After a member only zero bytes or another member may follow."""
    output = b""
    while True:
        unpacker = zlib.decompressobj(31)
        try:
            output += unpacker.decompress(data)
        except zlib.error:
            return None
        if not unpacker.eof:
            return None
        data = unpacker.unused_data.lstrip(b"\0")
        if not data:
            return output


def mutated(data, random):
    data = bytearray(data)
    kind = random.below(8)
    if kind == 0:
        return bytes(data[: random.below(len(data))])
    if kind == 1:
        at = random.below(len(data))
        return bytes(data[:at] + data[at + 1 :])
    if kind == 2:
        at = random.below(len(data))
        return bytes(data[:at] + bytes([random.below(256)]) + data[at:])
    for _ in range(1 + random.below(3)):
        at = random.below(len(data))
        data[at] ^= 1 << random.below(8)
    return bytes(data)


def mutated_text(data, random):
    """Stays ASCII, from the bytes that matter to JSON."""
    alphabet = b'{}[]":,\\/bfnrtu0123456789abcdefE+-. \n\ttrufalsn\x01\x7f'
    data = bytearray(data)
    for _ in range(1 + random.below(3)):
        at = random.below(len(data))
        byte = alphabet[random.below(len(alphabet))]
        kind = random.below(3)
        if kind == 0:
            data[at] = byte
        elif kind == 1:
            data.insert(at, byte)
        elif len(data) > 1:
            del data[at]
    return bytes(data)


def gzip_golden():
    random = SplitMix64(11)
    noise = bytes(random.below(256) for _ in range(3000))
    words = ["the", "Norman", "conquest", "of", "England", "été", "東京", "1066", "\n"]
    text = " ".join(words[random.below(len(words))] for _ in range(6000)).encode()
    skewed = bytes(min(255, random.below(1 << random.below(9))) for _ in range(4000))
    # The same 300 bytes exactly 32768 bytes apart: the largest distance there is.
    far = noise[:300] + bytes(32768 - 300) + noise[:300]
    inputs = {"empty": b"", "byte": b"a", "noise": noise, "text": text, "skewed": skewed, "zeros": bytes(400_000), "far": far}
    cases = []

    def add(name, packed, data):
        assert decompress(packed) == data, name
        cases.append({
            "name": name, "gzip": base64.b64encode(packed).decode(), "length": len(data), "crc32": zlib.crc32(data)})

    for name, data in inputs.items():
        for level in (0, 1, 6, 9) if name not in ("zeros", "far", "text") else (1, 9):
            add(f"{name} level {level}", compress(data, level), data)
    add("text level 6 by the gzip module", gzip.compress(text, 6, mtime=0), text)
    for name in ("text", "skewed"):
        short = inputs[name][:4000]
        add(f"{name} fixed codes", compress(short, strategy=zlib.Z_FIXED), short)
        add(f"{name} Huffman only", compress(short, strategy=zlib.Z_HUFFMAN_ONLY), short)
        add(f"{name} run lengths", compress(short, strategy=zlib.Z_RLE), short)
        add(f"{name} flushed", compress(short, flush_every=500), short)
    one = compress(b"one\n")
    add("all header fields", with_header(one, 4 | 8 | 16, b"\x05\x00EXTRAname\0comment\0", True), b"one\n")
    add("file name", with_header(one, 8, b"name.json\0"), b"one\n")
    add("members", one + compress(b"") + compress(text, 9) + one, b"one\n" + text + b"one\n")
    add("zero padding", one + bytes(1000), b"one\n")
    add("padding between members", one + bytes(3) + one, b"one\none\n")

    bases = [
        compress(text[:1500], 9), compress(text[:1500], 0), compress(text[:300], strategy=zlib.Z_FIXED), compress(skewed[:600], 9),
        with_header(one, 4 | 8 | 16, b"\x05\x00EXTRAname\0comment\0", True) + one,
    ]
    verdicts = []
    for index, base in enumerate(bases):
        random = SplitMix64(100 + index)
        outputs = [decompress(mutated(base, random)) for _ in range(1200)]
        verdicts.append({
            "gzip": base64.b64encode(base).decode(), "seed": 100 + index,
            "accepted": "".join("0" if o is None else "1" for o in outputs),
            "crc32": zlib.crc32(b"".join(o for o in outputs if o is not None)),
        })
    write("gzip.json", {"cases": cases, "mutations": verdicts})


def json_accepts(data):
    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(data.decode("ascii"), parse_constant=refuse)
        return True
    except (ValueError, RecursionError):
        return False


def json_golden():
    document = (
        b'{"a": [1, -0.5, 1e5, 2E-3, 0, -12.25e+10, true, false, null, "x\\u00e9\\n\\\\\\"\\/\\b", {"b": {}, "c": []}],'
        b' "d\\ud83d\\ude00": "abc", "": [[[]]]}'
    )
    assert json_accepts(document)
    random = SplitMix64(7)
    verdicts = "".join("1" if json_accepts(mutated_text(document, random)) else "0" for _ in range(6000))
    write("json.json", {"document": document.decode(), "seed": 7, "accepted": verdicts}, TESTS / "FileModuleTests/Fixtures")


def mrqa_golden():
    """A small MRQA file of our own with what bites: markers, spans inclusive, several spans, emoji, CRLF."""
    contexts = [
        "[TLE] Élan 😀 [PAR] The Normans came from France.\r\nFrance is old.",
        "[DOC] e\u0301 東京 Tokyo is big.",
    ]

    def spans(context, text):
        found, at = [], context.find(text)
        while at >= 0:
            found.append([at, at + len(text) - 1])
            at = context.find(text, at + 1)
        return found

    def question(qid, context, text, golds, answer):
        return {
            "qid": qid, "question": text, "question_tokens": [[w, 0] for w in text.split()], "answers": golds,
            "detected_answers": [{"text": answer, "char_spans": spans(context, answer), "token_spans": [[0, 0]]}],
        }

    lines = [
        {"header": {"dataset": "Small", "split": "dev"}},
        {"context": contexts[0], "context_tokens": [["[TLE]", 0]], "id": "", "qas": [
            question("q1", contexts[0], "Where from?", ["France", "the Republic"], "France"),
            question("q2", contexts[0], "Which smiley?", ["😀"], "😀"),
        ]},
        {"context": contexts[1], "context_tokens": [], "id": "", "qas": [
            question("q3", contexts[1], "Which city?", ["Tokyo", "東京"], "東京")]},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=i % 2 == 0) for i, line in enumerate(lines)) + "\n"
    with open(FIXTURES / "mrqa.jsonl.gz", "wb") as file:
        file.write(gzip.compress(text.encode(), 9, mtime=0))


def contents(path):
    """Counts and a checksum over all that a reader hands out."""
    document = json.loads(path.read_text(encoding="utf-8"))
    passages = examples = answers = checksum = 0
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            passages += 1
            for q in paragraph["qas"]:
                examples += 1
                fields = [
                    q["id"], q["question"], article.get("title", ""), paragraph["context"],
                    "1" if q.get("is_impossible", False) else "0"]
                for answer in q["answers"]:
                    answers += 1
                    start = answer["answer_start"]
                    fields += [answer["text"], str(start), str(start + len(answer["text"]))]
                checksum = zlib.crc32("\0".join(fields).encode("utf-8"), checksum)
    return {"passages": passages, "examples": examples, "answers": answers, "crc32": checksum}


def shared_golden(shared):
    data = shared / "data"
    files = sorted(
        p for p in data.glob("*/*.json") if p.parent.name not in ("samples", "tokenizers"))
    write("shared-data.json", {"files": {str(p.relative_to(data)): contents(p) for p in files}})


parser = argparse.ArgumentParser()
parser.add_argument("--shared", required=True, type=pathlib.Path)
arguments = parser.parse_args()
FIXTURES.mkdir(exist_ok=True)
gzip_golden()
json_golden()
mrqa_golden()
shared_golden(arguments.shared)
