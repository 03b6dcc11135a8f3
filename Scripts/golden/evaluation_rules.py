"""The evaluation rules of SQuAD v1.1, MRQA and SQuAD 2.0, written down independently of the Swift code.

Sums are plain left-to-right additions, as sum() does up to Python 3.11 (3.12 compensates rounding).
"""

import collections
import re
import string

ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)


def normalize(text):
    lowered = text.lower()
    kept = "".join(c for c in lowered if c not in set(string.punctuation))
    return " ".join(ARTICLES.sub(" ", kept).split())


def f1_v1(prediction, gold):
    p, g = normalize(prediction).split(), normalize(gold).split()
    same = sum((collections.Counter(p) & collections.Counter(g)).values())
    if same == 0:
        return 0.0
    precision, recall = 1.0 * same / len(p), 1.0 * same / len(g)
    return (2 * precision * recall) / (precision + recall)


def f1_v2(prediction, gold):
    p, g = normalize(prediction).split(), normalize(gold).split()
    if not p or not g:
        return float(p == g)
    return f1_v1(prediction, gold)


def exact(prediction, gold):
    return normalize(prediction) == normalize(gold)


def score_v1(questions, predictions):
    """questions: [(id, [gold])]; also MRQA. -> dict"""
    em, f1, missing = 0, 0.0, 0
    for qid, golds in questions:
        if qid not in predictions:
            missing += 1
            continue
        em += max(exact(predictions[qid], g) for g in golds)
        f1 += max(f1_v1(predictions[qid], g) for g in golds)
    total = len(questions)
    return {"exactMatch": 100.0 * em / total, "f1": 100.0 * f1 / total, "total": total, "missing": missing}


def plain_sum(values):
    result = 0
    for value in values:
        result += value
    return result


def score_v2(questions, predictions, no_answer=None, threshold=None):
    has_answer = {qid: bool(golds) for qid, golds in questions}
    ex, f1 = {}, {}
    for qid, golds in questions:
        golds = [g for g in golds if normalize(g)] or [""]
        ex[qid] = float(max(exact(predictions[qid], g) for g in golds))
        f1[qid] = max(f1_v2(predictions[qid], g) for g in golds)

    def applied(scores):
        if no_answer is None or threshold is None:
            return scores
        return {
            q: float(not has_answer[q]) if no_answer[q] > threshold else s for q, s in scores.items()
        }

    def means(ids):
        e, f = applied(ex), applied(f1)
        return {
            "exactMatch": 100.0 * plain_sum(e[q] for q in ids) / len(ids),
            "f1": 100.0 * plain_sum(f[q] for q in ids) / len(ids),
            "total": len(ids),
        }

    result = means(list(ex))
    for name, wanted in (("hasAnswer", True), ("noAnswer", False)):
        ids = [q for q in has_answer if has_answer[q] == wanted]
        if ids:
            result[name] = means(ids)
    if no_answer is not None:
        for name, scores in (("bestExactMatch", ex), ("bestF1", f1)):
            current = best = sum(1 for q in has_answer if not has_answer[q])
            best_threshold = 0.0
            for qid in sorted(no_answer, key=lambda q: no_answer[q]):
                if qid not in scores:
                    continue
                if has_answer[qid]:
                    current += scores[qid]
                else:
                    current += -1 if predictions[qid] else 0
                if current > best:
                    best, best_threshold = current, no_answer[qid]
            result[name] = {"score": 100.0 * best / len(scores), "threshold": best_threshold}
    return result
