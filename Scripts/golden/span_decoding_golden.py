"""Golden span decoding: an independent, slow program of the rules, by full sorts over everything.

Ran with numpy 2.4.6, Python 3.11, from the root of the repository:

    python Scripts/golden/span_decoding_golden.py

Writes Tests/QuestionAnsweringModuleTests/Fixtures/span_decoding.json. The rules are those of Hugging Face's
run_qa.py (postprocess_qa_predictions) with the order of ties fixed (higher score, earlier window, smaller start,
shorter), without candidates that have no text, and with each place in the text once. Logits are multiples of 1/8 in most cases, so that sums are exact and ties are many.
"""

import json
import sys
from pathlib import Path

import numpy as np

OUTPUT = Path(__file__).parents[2] / "Tests/QuestionAnsweringModuleTests/Fixtures/span_decoding.json"


def best_positions(logits, positions, count):
    return sorted(positions, key=lambda p: (-logits[p], p))[:count]


def decode(case):
    """All candidates of all windows in order, as (score, window, first token, last token)."""
    candidates = []
    null_score = None
    for w, window in enumerate(case["windows"]):
        starts = np.array(window["startLogits"], dtype=np.float32)
        ends = np.array(window["endLogits"], dtype=np.float32)
        positions = window["keptPositions"]
        if positions is None:
            positions = list(range(len(starts)))
        null = starts[0] + ends[0]
        null_score = null if null_score is None else min(null_score, null)
        prefix, (first, last) = case["prefixLength"], window["contextTokens"]
        for start in best_positions(starts, positions, case["nBestCount"]):
            for end in best_positions(ends, positions, case["nBestCount"]):
                if not prefix <= start < prefix + last - first:
                    continue
                if not prefix <= end < prefix + last - first:
                    continue
                if end < start or end - start + 1 > case["maximumAnswerLength"]:
                    continue
                score = starts[start] + ends[end]
                candidates.append((score, w, first + start - prefix, first + end - prefix))
    candidates.sort(key=lambda c: (-c[0], c[1], c[2], c[3]))
    return candidates, null_score


def expectation(case):
    candidates, null_score = decode(case)
    offsets = case["offsets"]

    def text_range(candidate):
        start = offsets[candidate[2]][0]
        return start, max(start, offsets[candidate[3]][1])

    # Candidates without text are none, and of several at one place the first counts.
    places, distinct = set(), []
    for candidate in candidates:
        start, end = text_range(candidate)
        if start < end and (start, end) not in places:
            places.add((start, end))
            distinct.append(candidate)
    candidates = distinct

    # Candidates and the null candidate, best first; sorting is stable, the null candidate comes last.
    everything = [(c[0], c) for c in candidates]
    if case["noAnswerThreshold"] is not None:
        everything.append((null_score, None))
    everything.sort(key=lambda e: -e[0])
    kept = everything[: case["nBestCount"]]
    if case["noAnswerThreshold"] is not None and all(c is not None for _, c in kept):
        kept.append((null_score, None))

    scores = np.array([s for s, _ in kept], dtype=np.float64)
    highest = scores.max() if len(scores) else 0
    total = np.exp(scores - highest).sum()

    def described(candidate):
        start, end = text_range(candidate)
        return {"score": float(candidate[0]), "window": candidate[1], "firstToken": candidate[2],
                "lastToken": candidate[3], "start": start, "end": end,
                "probability": float(np.exp(np.float64(candidate[0]) - highest) / total)}

    chosen = []
    for candidate in candidates:
        start, end = text_range(candidate)
        if start == end:
            continue
        if any(set(range(start, end)) & set(range(*text_range(other))) for other in chosen):
            continue
        chosen.append(candidate)
        if len(chosen) == case["answerCount"]:
            break

    margin = float(null_score - chosen[0][0]) if chosen else None
    threshold = case["noAnswerThreshold"]
    return {
        "nBest": [described(c) for _, c in kept if c is not None],
        "spans": [described(c) for c in chosen],
        "nullScore": float(null_score),
        "nullProbability":
            0.0 if threshold is None else float(np.exp(np.float64(null_score) - highest) / total),
        "nullMargin": margin,
        "isNoAnswer": threshold is not None and (margin is None or margin > threshold),
    }


def make_case(name, seed, token_count=60, prefix=6, room=24, step=16, scale=3.0, grid=8, null_bonus=0.0,
              kept_share=None, empty_share=0.0, shared_share=0.0, answer_count=3, threshold=None,
              n_best=20, maximum_answer_length=30):
    random = np.random.default_rng(seed)
    offsets, scalar = [], 0
    for _ in range(token_count):
        if offsets and random.random() < shared_share:
            offsets.append(offsets[-1])  # several tokens of one scalar
            continue
        scalar += int(random.integers(0, 2))
        length = 0 if random.random() < empty_share else int(random.integers(1, 6))
        offsets.append([scalar, scalar + length])
        scalar += length
    windows, start = [], 0
    while True:
        end = min(start + room, token_count)
        count = prefix + end - start + 1
        logits = random.normal(0, scale, (2, count))
        logits = np.round(logits * grid) / grid if grid else logits
        logits = logits.astype(np.float32)
        logits[:, 0] += np.float32(null_bonus)
        kept = None
        if kept_share is not None:
            kept = [p for p in range(count) if p < prefix or random.random() < kept_share]
        windows.append({"contextTokens": [start, end], "startLogits": [float(x) for x in logits[0]],
                        "endLogits": [float(x) for x in logits[1]], "keptPositions": kept})
        if end == token_count:
            break
        start += step
    case = {"name": name, "prefixLength": prefix, "offsets": offsets, "windows": windows,
            "answerCount": answer_count, "maximumAnswerLength": maximum_answer_length, "nBestCount": n_best,
            "noAnswerThreshold": threshold}
    case["expected"] = expectation(case)
    return case


def main():
    cases = [
        make_case("several windows", 1),
        make_case("one window", 2, token_count=20),
        make_case("off the grid", 3, grid=None),
        make_case("nearly all logits tie", 4, scale=0.5, grid=1, answer_count=8),
        make_case("all logits equal", 5, scale=0.0, answer_count=8),
        make_case("no answer likely", 6, null_bonus=12.0, threshold=0.0),
        make_case("no answer unlikely", 7, null_bonus=-8.0, threshold=0.0),
        make_case("no answer within the list", 8, null_bonus=9.5, threshold=0.0),
        make_case("no answer ties with the end of the list", 19, null_bonus=2.5, threshold=0.0, scale=1.0, grid=1),
        make_case("negative threshold", 9, null_bonus=5.0, threshold=-7.0),
        make_case("skipped positions excluded", 10, kept_share=0.4),
        make_case("hardly anything kept", 11, kept_share=0.05, threshold=0.0),
        make_case("short answers only", 12, maximum_answer_length=2, answer_count=5),
        make_case("short list", 13, n_best=3, answer_count=20),
        make_case("more answers than exist", 14, answer_count=1000),
        make_case("one answer", 15, answer_count=1),
        make_case("tokens without text", 16, empty_share=0.5, answer_count=4),
        make_case("tokens that share a scalar", 17, shared_share=0.5, answer_count=6),
        make_case("the question wins everything", 18, token_count=10, prefix=50, room=5, step=5, n_best=2),
    ]
    for case in cases:
        e = case["expected"]
        print(f'{case["name"]}: {len(e["nBest"])} kept, {len(e["spans"])} answers, no answer: {e["isNoAnswer"]}',
              file=sys.stderr)
    result = {"command": "python Scripts/golden/span_decoding_golden.py",
              "versions": {"numpy": np.__version__, "python": sys.version.split()[0]}, "cases": cases}
    OUTPUT.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(f"{OUTPUT.stat().st_size} bytes", file=sys.stderr)


main()
