"""Predictions made from reference answers by a rule that is easy to repeat in another language.

EvaluationModuleTests/SyntheticPredictions.swift does the same; a checksum tells whether both made the same.
"""

import zlib

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return self.next() % bound


def ascii_upper(text):
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def perturbed(random, context, golds):
    """A prediction, or None for a missing one."""
    kind = random.below(12)
    gold = golds[random.below(len(golds))] if golds else ""
    start = random.below(len(context))
    length = 1 + random.below(40)
    words = gold.split(" ")
    if kind <= 2:
        return gold
    if kind == 3:
        return "The " + gold + "."
    if kind == 4:
        return ascii_upper(gold)
    if kind == 5:
        return " ".join(words[1:])
    if kind == 6:
        return " ".join(reversed(words)) + " a"
    if kind == 7:
        return gold + " " + context[start : start + length]
    if kind == 8:
        return context[start : start + length]
    if kind == 9:
        return ""
    if kind == 10:
        return "“" + gold + "”\u00a0Σ"
    return None


def synthetic_predictions(questions, seed, missing=True):
    random = SplitMix64(seed)
    predictions = {}
    checksum = 0
    for qid, context, golds in questions:
        text = perturbed(random, context, golds)
        if text is None:
            if missing:
                continue
            text = ""
        predictions[qid] = text
        checksum = zlib.crc32(f"{qid}\0{text}\0".encode("utf-8"), checksum)
    return predictions, checksum


def synthetic_no_answer_scores(questions, predictions, seed):
    """Multiples of 1/64, so that there are many ties; in reverse order of the file."""
    random = SplitMix64(seed)
    scores = {}
    for qid, _, golds in reversed(questions):
        scores[qid] = (random.below(48) + (0 if golds else 16)) / 64
    return scores
