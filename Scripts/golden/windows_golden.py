"""Golden windows: what Hugging Face's fast BERT tokenizer cuts a question and a context into.

Ran with transformers 5.23.0, tokenizers 0.23.3, Python 3.11, from the root of the repository:

    python Scripts/golden/windows_golden.py path/to/bert-base-uncased-vocab.txt

Writes Tests/QuestionAnsweringModuleTests/Fixtures/windows.json. A case holds the tokens of question and context
each alone (the input), and the windows (the expectation): all ids and token types, the offsets of the context's
tokens, and for some gold answers the label of each window. Labels follow the loops of Hugging Face's run_qa.py,
kept from running out of the context. A case that Hugging Face refuses has "windows": null.
"""

import json
import random
import sys
from pathlib import Path

import tokenizers
import transformers
from transformers import BertTokenizerFast

OUTPUT = Path(__file__).parents[2] / "Tests/QuestionAnsweringModuleTests/Fixtures/windows.json"

PASSAGE = (
    "The Normans (Norman: Nourmands; French: Normands) were the people who, in the 10th and 11th centuries, gave "
    "their name to Normandy, a region in France. They were descended from Norse raiders and pirates from Denmark, "
    "Iceland and Norway who, under their leader Rollo, agreed to swear fealty to King Charles III of West Francia. "
    "Caf\u00e9 na\u00efve \u6771\u4eac 2020 \U0001f44d\U0001f3fd e\u0301tude \uac01 \u200fshalom\u200e.\r\nThe end. "
)


def windows_of(tokenizer, question, context, maximum_length, overlap, answers):
    encoding = tokenizer(
        question.lstrip(), context, truncation="only_second", max_length=maximum_length, stride=overlap,
        return_overflowing_tokens=True, return_offsets_mapping=True)
    windows = []
    for index in range(len(encoding["input_ids"])):
        sequence_ids = encoding.sequence_ids(index)
        offsets = encoding["offset_mapping"][index]
        context_positions = [i for i, s in enumerate(sequence_ids) if s == 1]
        windows.append({
            "ids": encoding["input_ids"][index],
            "tokenTypes": encoding["token_type_ids"][index],
            "contextOffsets": [list(offsets[i]) for i in context_positions],
            "labels": [label(offsets, context_positions, *answer) for answer in answers],
        })
    return windows


def label(offsets, context_positions, answer_start, answer_end):
    first, last = context_positions[0], context_positions[-1]
    start, end = first, last
    if not (offsets[start][0] <= answer_start and offsets[end][1] >= answer_end):
        return [0, 0]
    while start <= last and offsets[start][0] <= answer_start:
        start += 1
    while end >= first and offsets[end][1] >= answer_end:
        end -= 1
    return [start - 1, end + 1]


def answers_in(offsets, seed):
    """Some gold answers: whole tokens, parts of tokens, the first and the last token, all of the context."""
    generator = random.Random(seed)
    starts_once = [i for i, o in enumerate(offsets) if offsets.count(o) == 1]
    answers = [[offsets[starts_once[0]][0], offsets[starts_once[0]][1]],
               [offsets[starts_once[-1]][0], offsets[starts_once[-1]][1]],
               [offsets[0][0], offsets[-1][1]]]
    for _ in range(5):
        first = generator.choice(starts_once)
        following = [i for i in starts_once if first <= i < first + 6]
        last = generator.choice(following)
        answers.append([offsets[first][0] + generator.randint(0, 1), offsets[last][1]])
        if answers[-1][0] >= answers[-1][1]:
            answers[-1][0] = offsets[first][0]
    return answers


def main():
    tokenizer = BertTokenizerFast(vocab=sys.argv[1], do_lower_case=True)
    tokenizer.model_max_length = 10**9
    question = "In what country is Normandy located?"
    short = "Normandy is in France."

    def alone(text):
        encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        return {"ids": encoding["input_ids"], "offsets": [list(o) for o in encoding["offset_mapping"]]}

    q, c = len(alone(question)["ids"]), len(alone(PASSAGE)["ids"])
    full = q + c + 3
    cases = [
        ("shorter than one window", question, short, 384, 128),
        ("exactly one window", question, PASSAGE, full, 10),
        ("one token more than one window", question, PASSAGE, full - 1, 10),
        ("last window ends exactly", question, PASSAGE, q + 3 + 40 + (c - 40) % 30, 10 + (c - 40) % 30),
        ("last window is short", question, PASSAGE, 48, 16),
        ("no overlap", question, PASSAGE, 48, 0),
        ("windows advance by one token", question, PASSAGE, 100, 100 - 3 - q - 1),
        ("room for one token", question, short, q + 4, 0),
        ("white space before the question", "\u2003\t \u00a0\x1c\n" + question, PASSAGE, 64, 20),
        ("usual settings", question, PASSAGE * 5, 384, 128),
        ("overlap fills the room", question, PASSAGE, 48, 48 - 3 - q),
        ("question fills the window", question, PASSAGE, q + 3, 0),
        ("question is longer than the window", question, PASSAGE, q, 0),
    ]
    written = []
    for name, asked, context, maximum_length, overlap in cases:
        context_tokens = alone(context)
        answers = answers_in(context_tokens["offsets"], name)
        try:
            windows = windows_of(tokenizer, asked, context, maximum_length, overlap, answers)
            # Where Hugging Face cuts nothing although it should, it only warns: that is a refusal, too.
            if any(len(w["ids"]) > maximum_length or not w["contextOffsets"] for w in windows):
                windows = None
        except BaseException as error:  # the Rust side panics on some
            print(f"{name}: refused: {type(error).__name__}: {error}", file=sys.stderr)
            windows = None
        print(f"{name}: {None if windows is None else len(windows)} windows", file=sys.stderr)
        written.append({
            "name": name, "question": asked, "strippedQuestion": asked.lstrip(), "context": context,
            "maximumLength": maximum_length, "overlap": overlap,
            "questionTokens": alone(asked.lstrip()), "contextTokens": context_tokens,
            "answers": answers, "windows": windows,
        })
    result = {
        "command": "python Scripts/golden/windows_golden.py bert-base-uncased-vocab.txt",
        "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__,
                     "python": sys.version.split()[0]},
        "classifierID": tokenizer.cls_token_id, "separatorID": tokenizer.sep_token_id,
        "whiteSpace": [c for c in range(0x110000) if chr(c).isspace()],
        "cases": written,
    }
    OUTPUT.write_text(json.dumps(result, separators=(",", ":"), ensure_ascii=True) + "\n")
    print(f"{OUTPUT.stat().st_size} bytes", file=sys.stderr)


main()
