"""Writes the golden values of EvaluationModuleTests.

    python Scripts/golden/evaluation_golden.py --shared ../shared

Ran with Python 3.11.7 (Unicode 14.0.0). --shared names the directory that has data/squad/dev-a.json and
data/squad2/dev-a.json; only numbers derived from them are written.
"""

import argparse
import json
import pathlib
import platform
import re
import sys
import unicodedata

from evaluation_rules import exact, f1_v1, f1_v2, normalize, score_v1, score_v2
from synthetic_predictions import synthetic_no_answer_scores, synthetic_predictions

COMMAND = "python Scripts/golden/evaluation_golden.py --shared ../shared"
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/EvaluationModuleTests/Fixtures"

TRICKY = [
    "", " ", "the", "a an the", "The A AN", "...", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "the...", "U.S.", "u s",
    "a-b", "the-the", "an_a", "_the_", "a_", "a1", "1a", "½a", "²the", "Ⅷ a", "一a", "a一", "〇the",
    "İstanbul", "i̇stanbul", "ISTANBUL", "ıstanbul", "ẞ", "ß", "STRASSE", "straße", "ΟΔΟΣ", "ΟΔΟΣ ΣΑΣ", "Σ", "ΑΣ.", "ΑΣ'Α",
    "ΑΣ\u0301", "ΑΣ\u0301Α", "\u0301Σ", "A\u00adΣ", "AΣ\u00adB", "aΣ1", "1Σ", "ªΣ", "ǅ", "Ǆ", "Å", "Å", "K",
    "a\u0301", "á", "the\u0301", "\u0301the", "a\u200db", "a\u200bb", "the\ufeff", "an\u2019s", "the’s", "“the”", "a–b", "a…",
    "New\r\nYork", "New\nYork", "New\u001cYork", "New\u001dYork", "New\u001eYork", "New\u001fYork", "New\u0085York",
    "New\u00a0York", "New\u1680York", "New\u180eYork", "New\u2007York", "New\u2028York", "New\u2029York", "New\u202fYork",
    "New\u205fYork", "New\u3000York", "New\u200bYork", "New\tYork ", "\u000b\u000cNew  York", "New York",
    "！＂＃（全角）", "ａ ａｎ ＴＨＥ", "全角　空白", "𝐚 𝐀", "𐐀𐐨", "Ⓐ a", "ⓐ", "👨‍👩‍👧‍👦 a 👍🏽", "🇩🇪", "e\u0301 é", "\u0000a\u0000",
    "the Norman conquest", "Norman conquest", "norman Conquest of the England", "a a a b", "a b b b", "b b", "b b c c c",
    "$5,000", "5000", "5 000", "C++", "c", "the 1990s", "'90s", "10–12", "10-12", "naïve", "nai\u0308ve", "Μαΐου", "ΜΑΪ́ΟΥ",
    "مكتبة", "ספריה", "กขค", "가각", "\u1100\u1161", "हिन्दी", "a्", "the\u20dd", "ﬁ", "ŉ", "ΐ", "ᾼ", "ᾳ", "ὈΔΥΣΣΕΎΣ", "a\u0345Σ",
    "q w e r t y", "q e t", "one two three four five six seven", "seven five three one one",
]


def ranges(predicate):
    """[first, last, first, last, ...] of the scalars, surrogates left out."""
    result = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not predicate(chr(code)):
            continue
        if result and result[-1] == code - 1:
            result[-1] = code
        else:
            result += [code, code]
    return result


def pairs():
    """Every case against a few others, so that EM and F1 see overlaps of all kinds."""
    for i, left in enumerate(TRICKY):
        for step in (0, 1, 7, 31):
            yield left, TRICKY[(i + step) % len(TRICKY)]
    words = ["q", "w", "e", "r", "the", "q.", "W"]
    for seed in range(120):
        yield (
            " ".join(words[(seed * 7 + k * k) % 7] for k in range(seed % 9)),
            " ".join(words[(seed * 3 + k * 5) % 7] for k in range((seed // 9) % 8)),
        )


def questions(path):
    """[(id, context, [gold])] in the order of the file."""
    document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    return [
        (q["id"], p["context"], [a["text"] for a in q["answers"]])
        for article in document["data"] for p in article["paragraphs"] for q in p["qas"]
    ]


def write(name, value):
    value = {
        "_source": f"{COMMAND}; Python {platform.python_version()}, Unicode {unicodedata.unidata_version}", **value}
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"
    (FIXTURES / name).write_text(text, encoding="ascii")
    print(name, len(text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", required=True, type=pathlib.Path)
    shared = parser.parse_args().shared
    assert sys.version_info[:2] == (3, 11), "another Python has another Unicode: say so in the fixtures"

    write("answers.json", {
        "normalized": [[text, normalize(text)] for text in TRICKY],
        "pairs": [[p, g, exact(p, g), f1_v1(p, g), f1_v2(p, g)] for p, g in pairs()],
    })

    word = re.compile(r"\w")
    lower = {}
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and chr(code).lower() != chr(code):
            # Alone, a capital sigma has no letter before it, so this is the mapping without context.
            lower[code] = [ord(c) for c in chr(code).lower()]
    # Context of a final sigma: what counts as cased, and what is passed over.
    cased = ranges(lambda c: ("a" + c + "Σ").lower().endswith("ς") and not ("1" + c + "Σ").lower().endswith("σ"))
    passed_over = ranges(lambda c: ("a" + c + "Σ").lower().endswith("ς") and ("1" + c + "Σ").lower().endswith("σ"))
    write("python-text.json", {
        "assigned": ranges(lambda c: unicodedata.category(c) != "Cn"),
        "word": ranges(lambda c: bool(word.match(c))),
        "space": ranges(lambda c: not c.split()),
        "lower": [[code] + mapping for code, mapping in lower.items()],
        "cased": cased,
        "passedOver": passed_over,
    })

    squad = questions(shared / "data/squad/dev-a.json")
    predictions, checksum = synthetic_predictions(squad, seed=1)
    v1 = score_v1([(qid, golds) for qid, _, golds in squad], predictions)

    squad2 = questions(shared / "data/squad2/dev-a.json")
    predictions2, checksum2 = synthetic_predictions(squad2, seed=2, missing=False)
    no_answer = synthetic_no_answer_scores(squad2, predictions2, seed=3)
    plain = [(qid, golds) for qid, _, golds in squad2]
    write("development-scores.json", {
        "squad": {"checksum": checksum, **v1},
        "squad2": {
            "checksum": checksum2,
            "plain": score_v2(plain, predictions2),
            "noAnswerScores": score_v2(plain, predictions2, no_answer),
            "threshold": score_v2(plain, predictions2, no_answer, 0.5),
        },
    })


main()
