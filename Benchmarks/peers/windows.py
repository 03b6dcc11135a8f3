"""Questions as Hugging Face's `run_qa.py` asks them: windows of the context, and the best span of their logits."""

import json

MAXIMUM_LENGTH = 384
OVERLAP = 128
MAXIMUM_ANSWER_LENGTH = 30
CANDIDATES = 20


def read_questions(path):
    """(id, question, context) of every question of a SQuAD file."""
    with open(path, encoding="utf-8") as file:
        articles = json.load(file)["data"]
    return [(qa["id"], qa["question"], paragraph["context"])
            for article in articles for paragraph in article["paragraphs"] for qa in paragraph["qas"]]


def encode(tokenizer, question, context, padded=False):
    """All windows of a question, each at its own length unless `padded`, which pads them to `MAXIMUM_LENGTH`."""
    return tokenizer(
        question.lstrip(), context, truncation="only_second", max_length=MAXIMUM_LENGTH, stride=OVERLAP,
        padding="max_length" if padded else False, return_overflowing_tokens=True, return_offsets_mapping=True,
        return_attention_mask=padded)


def window_inputs(encoded, index, names):
    """What a model takes of one window: int64 arrays [1, tokens] by name."""
    import numpy as np

    return {name: np.array([encoded[name][index]], dtype=np.int64) for name in names}


def best_span(start_logits, end_logits, encoded, index):
    """(score, start, end) of the best span of a window, in characters of the context; None where there is none."""
    import numpy as np

    parts = encoded.sequence_ids(index)
    first = parts.index(1)
    last = len(parts) - 1 - parts[::-1].index(1)
    starts = first + np.argsort(start_logits[first:last + 1])[-CANDIDATES:]
    ends = first + np.argsort(end_logits[first:last + 1])[-CANDIDATES:]
    scores = start_logits[starts][:, None] + end_logits[ends][None, :]
    lengths = ends[None, :] - starts[:, None] + 1
    scores = np.where((lengths > 0) & (lengths <= MAXIMUM_ANSWER_LENGTH), scores, -np.inf)
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    if scores[row, column] == -np.inf:
        return None
    offsets = encoded["offset_mapping"][index]
    return float(scores[row, column]), offsets[starts[row]][0], offsets[ends[column]][1]
