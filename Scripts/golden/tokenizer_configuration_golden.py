"""Writes what Hugging Face's tokenizers give where the files of a checkpoint do not agree, or where old ones are all there is.

Command (from the root of the repository; a few seconds; needs the fixtures of the other two scripts for tokenizers):
    python3 Scripts/golden/tokenizer_configuration_golden.py
Ran with: Python 3.11, tokenizers 0.23.3, transformers 5.24.0

Writes Tests/TokenizerModuleTests/Fixtures/tokenizer-configuration-golden.json: texts, and for each case the tokenizer's files, as
changes of those of a fixture, with ids and offsets of every text. `tokenizer.json` alone goes through tokenizers, not transformers.
"""

import json
import pathlib
import tempfile

import tokenizers
from transformers import AutoTokenizer

import tokenizer_golden as golden

FIXTURES = golden.FIXTURES
TEXTS = ["The Caf\u00e9, where\u4e2d\u6587 is ONE.", " leading and <mask> [MASK] trailing ", "x <mask>y  the newword [X]", "Na\u00efve e\u0301t\u00e9s"]
MASK = {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": True}
BERT, ROBERTA = {"model_type": "bert"}, {"model_type": "roberta"}
CASED = [['"lowercase":true', '"lowercase":false']]
UNTYPED = {"roberta": [['"type":"BPE",', ""]], "albert": [['"type":"Unigram",', ""]], "small": [['"type":"WordPiece","unk', '"unk']]}


def case(name, base, edits=(), **files):
    """Files are named with _ for the dot before their ending."""
    return {"name": name, "base": base, "edits": [list(e) for e in edits],
            "files": {f"{key}.json": json.dumps(value) for key, value in files.items()}}


CASES = [
    case("the configuration is silent", "small", config=BERT, tokenizer_config={}),
    case("no configuration, a cased file", "small", CASED, config=BERT),
    case("a cased file, the configuration is silent", "small", CASED, config=BERT, tokenizer_config={}),
    case("the configuration is cased", "small", config=BERT, tokenizer_config={"do_lower_case": False}),
    case("the configuration keeps accents", "small", config=BERT, tokenizer_config={"strip_accents": False}),
    case("the configuration leaves ideographs", "small", config=BERT, tokenizer_config={"tokenize_chinese_chars": False}),
    case("ELECTRA's class", "small", config=BERT, tokenizer_config={"tokenizer_class": "ElectraTokenizer", "do_lower_case": False}),
    case("a class of no family", "small", CASED, config=BERT,
         tokenizer_config={"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": True}),
    case("RoBERTa, prefix space in the configuration", "roberta", config=ROBERTA, tokenizer_config={"add_prefix_space": True}),
    case("RoBERTa, prefix space in the file", "roberta", [['"add_prefix_space":false', '"add_prefix_space":true']], config=ROBERTA,
         tokenizer_config={}),
    case("RoBERTa, untrimmed in the configuration", "roberta", config=ROBERTA, tokenizer_config={"trim_offsets": False}),
    case("RoBERTa, special_tokens_map.json", "small-roberta", config=ROBERTA,
         special_tokens_map={"mask_token": MASK, "unk_token": "<unk>", "additional_special_tokens": ["[X]"]},
         added_tokens={"[X]": 961}),
    case("BERT, added_tokens.json", "small-cased", config=BERT, tokenizer_config={"do_lower_case": False},
         added_tokens={"newword": 0, "[X]": 1}, special_tokens_map={"additional_special_tokens": ["[X]"]}),
    case("BERT, added_tokens_decoder goes before", "small-cased", config=BERT, added_tokens={"newword": 0},
         tokenizer_config={"do_lower_case": False, "added_tokens_decoder": {}}),
    *(case(f"{base} of 2020", base, edits) for base, edits in UNTYPED.items()),
]


def base_files(base):
    if base in ("roberta", "albert"):
        made = json.loads((FIXTURES / "families-golden.json").read_text("utf-8"))["configurations"]
        elements = next(c["elements"] for c in made if c["name"] == base)
        model = (FIXTURES / f"{base}-model.json").read_text("utf-8").rstrip("\n")
        return {"tokenizer.json": "{" + elements + ',"model":' + model + "}"}
    return {path.name: path.read_text("utf-8") for path in (FIXTURES / base).iterdir()}


def encode(entry):
    files = base_files(entry["base"])
    if entry["base"] == "small-cased":
        # Ids of added tokens follow the vocabulary's.
        count = len(files["vocab.txt"].splitlines())
        added = {t: i + count for t, i in json.loads(entry["files"]["added_tokens.json"]).items()}
        entry["files"]["added_tokens.json"] = json.dumps(added)
    if entry["base"] == "small-roberta":
        added = {"[X]": len(json.loads(files["vocab.json"]))}
        entry["files"]["added_tokens.json"] = json.dumps(added)
    for old, new in entry["edits"]:
        assert old in files["tokenizer.json"], old
        files["tokenizer.json"] = files["tokenizer.json"].replace(old, new)
    files |= entry["files"]
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            pathlib.Path(directory, name).write_text(text, "utf-8")
        if list(files) == ["tokenizer.json"]:
            tokenizer = tokenizers.Tokenizer.from_file(f"{directory}/tokenizer.json")
        else:
            tokenizer = AutoTokenizer.from_pretrained(directory).backend_tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return [golden.golden_case(tokenizer, text) for text in TEXTS]


def main():
    for entry in CASES:
        entry["cases"] = encode(entry)
    golden.MADE_WITH["command"] = "python3 Scripts/golden/tokenizer_configuration_golden.py"
    golden.write("tokenizer-configuration-golden.json", {"madeWith": golden.MADE_WITH, "cases": CASES})
    print(len(CASES), "cases")


if __name__ == "__main__":
    main()
