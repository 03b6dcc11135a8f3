"""Writes the fixtures of TokenizerModuleTests: ids and offsets as Hugging Face's own tokenizer gives them.

Command (from the root of the repository; about one minute):
    python3 Scripts/golden/tokenizer_golden.py --data DIRECTORY
where DIRECTORY holds data sets in SQuAD's layout (*.json, any depth) and tokenizers/bert-vocab.txt, the vocabulary
of bert-base-uncased.
Ran with: Python 3.11, tokenizers 0.23.3, transformers 5.23.0

Writes to Tests/TokenizerModuleTests/Fixtures:
    small/tokenizer.json                        some 2,000 tokens of the vocabulary
    small-cased/{vocab.txt,tokenizer_config.json}  the same tokens and some capitalised ones, read by transformers
    tokenizer-golden.json                       texts with ids and offsets, element by element
    tokenizer-hashes.json                       one hash each: random texts per configuration, real texts per file
"""

import argparse
import json
import pathlib
import platform
import shutil

import tokenizers
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertTokenizer

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/TokenizerModuleTests/Fixtures"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
MADE_WITH = {
    "command": "python3 Scripts/golden/tokenizer_golden.py --data DIRECTORY",
    "python": platform.python_version(),
    "tokenizers": tokenizers.__version__,
    "transformers": transformers.__version__,
}

# (first scalar, one past the last, weight): random texts draw a range, then a scalar of it.
POOLS = [
    (0x20, 0x7F, 12), (0x61, 0x7B, 8), (0x0, 0x20, 2), (0x80, 0x250, 5), (0x300, 0x370, 5), (0x370, 0x600, 3),
    (0x600, 0x900, 3), (0x900, 0xE00, 3), (0xE00, 0x1000, 2), (0xF70, 0xF85, 2), (0x1100, 0x1200, 2),
    (0xAC00, 0xD7A4, 2), (0x1DC0, 0x2000, 3), (0x2000, 0x2070, 3), (0x20D0, 0x2100, 1), (0x3000, 0x3200, 2),
    (0x4E00, 0xA000, 2), (0xD7A4, 0xD800, 1), (0xE000, 0xE100, 1), (0xF900, 0xFB50, 2), (0xFE00, 0x10000, 3),
    (0x1D100, 0x1D200, 1), (0x1F1E6, 0x1F200, 1), (0x1F300, 0x1FB00, 2), (0x2F800, 0x2FA20, 1),
    (0x10000, 0x110000, 2), (0x80, 0xD800, 4),
]
FRAGMENTS = ["[MASK]", "[SEP]", " ", "\u200d", "the ", "\u0301", "e\u0301", "[X]", "\u212b", "\uac00\u11a8", "ing"]

# What each configuration changes of small/tokenizer.json.
BERT = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
ADDED = [
    AddedToken("[X]", special=True, normalized=False, lstrip=True, rstrip=True),
    AddedToken("[MASK]", special=True, normalized=False, lstrip=True),
    AddedToken("the end", special=False, normalized=False, single_word=True),
    AddedToken("\u00c9t\u00e9", special=False, normalized=True),
    AddedToken("Foo", special=False, normalized=True, single_word=True, rstrip=True),
    AddedToken("\u4e2d", special=False, normalized=True),
    AddedToken("\u1100\u1161", special=False, normalized=False),
    AddedToken("\uac00", special=False, normalized=False),
]
CONFIGURATIONS = {
    "uncased": (BERT, []),
    "uncased, accents kept": ({**BERT, "strip_accents": False}, []),
    "cased": ({**BERT, "lowercase": False}, []),
    "cased, accents stripped": ({**BERT, "lowercase": False, "strip_accents": True}, []),
    "ideographs not spaced": ({**BERT, "handle_chinese_chars": False}, []),
    "not cleaned": ({**BERT, "clean_text": False}, []),
    "added tokens, uncased": (BERT, ADDED),
    "added tokens, cased": ({**BERT, "lowercase": False}, ADDED),
}

TEXTS = {
    "plain": ["", " ", "hello world", "The quick brown fox.", "  two  spaces\tand\ttabs\n", "isn't it? (yes!)", "a-b_c"],
    "accents": ["Caf\u00e9 d\u00e9j\u00e0 vu", "Cafe\u0301 deja\u0300", "\u00c5ngstr\u00f6m \u212b", "na\u00efve fa\u00e7ade", "I\u0307stanbul \u0130stanbul",
                "\u1e9b\u0323 q\u0307\u0323", "stra\u00dfe STRASSE", "\u01c5 \u01c4", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2"],
    "reordered marks": ["a\u0345\u0334\u0301b", "\u0f71\u0f73\u0f72", "\u0301\u0323x", "x\u0315\u0300\u05ae\U0001d16d\u0327y", "\U0001d15e\U0001d16e"],
    "ideographs": ["\u4e2d\u6587 text \u6587", "\u4e2d", "\uf900\u2f00", "\U00020000\U0002f800a", "\u65e5\u672c\u8a9e\u304b\u306a\u30ab\u30ca"],
    "scripts": ["\ud55c\uad6d\uc5b4 \uac00\uac01", "\u1112\u1161\u11ab", "\u0627\u0644\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u0651\u0629", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
                "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22", "\u0939\u093f\u0928\u094d\u0926\u0940 \u0958", "\u0e01\u0e33\u0eb3"],
    "emoji": ["\U0001f600 ok", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f1e9\U0001f1ea\U0001f3f4", "\u2764\ufe0f \U0001f44d\U0001f3fd", "a\U0001f600b"],
    "control": ["a\u0000b", "nul\u0000 \u0000", "\ufffd\ufffda\ufffd", "a\u0007b\u001b[0m", "zero\u200bwidth\ufeff", "soft\u00adhyphen", "x\u2028y\u2029z\u0085w",
                "nbsp\u00a0em\u2003ideo\u3000", "\r\n\r\nhi\u000b\u000c", "\u202eright to left\u202c"],
    "edges of planes": ["\ud7ff\ue000", "\uf8ff\U000f0000\U0010ffff", "\uffff\ufffe", "\u0378\u0530", "\U000e0001\U000e0100"],
    "unknown and long words": ["qzxw\u2603qq", "\u2603", "a" * 100, "a" * 101, "\u00e9" * 100, "\u00e9" * 101, "e\u0301" * 100, "word " + "b" * 300 + " word",
                               "\uac00" * 40, "the" * 33 + "s", "." * 101],
    "special tokens in the text": ["[CLS] a [SEP] b [PAD]", "x[MASK]y", "[mask] [MASK", "[[SEP]]", "[MASK] [MASK]", "a  [MASK]  b", "[UNK]x",
                                   "x [X]  y", "_[X]_", "the end of the end", "the ends", "the end.", "\u00c9T\u00c9 ete e\u0301te\u0301 \u00e9t\u00e9s", "foo  Foo FOO\u0301 food xfoo",
                                   "\u4e2d\u4e2d x\u4e2d", "\u1100\u1161 \uac00", "[X][MASK] [X]", " [X] "],
}


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        return (z ^ (z >> 31)) % bound


def random_text(random):
    """As RandomTexts.swift, draw for draw."""
    total = sum(w for _, _, w in POOLS)
    text = []
    for _ in range(random.below(40)):
        kind = random.below(16)
        if kind == 0:
            text.append(FRAGMENTS[random.below(len(FRAGMENTS))])
        elif kind <= 2:
            text.append(" ")
        else:
            ticket = random.below(total)
            for first, end, weight in POOLS:
                if ticket < weight:
                    break
                ticket -= weight
            scalar = first + random.below(end - first)
            text.append("\ufffd" if 0xD800 <= scalar < 0xE000 else chr(scalar))
    return "".join(text)


class Hash:
    """FNV-1a, 64 bits, over 32-bit words: a text's token count, then id, start and end of each token."""

    def __init__(self):
        self.value = 0xCBF29CE484222325

    def add(self, encoding):
        value = self.value
        words = [len(encoding.ids)]
        for i, (start, end) in zip(encoding.ids, encoding.offsets):
            words += [i, start, end]
        for word in words:
            value = ((value ^ word) * 0x100000001B3) & (2**64 - 1)
        self.value = value


def bert_tokenizer(vocabulary, options):
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(**options)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(t, vocabulary[t]) for t in ("[CLS]", "[SEP]")])
    return tokenizer


def small_vocabulary(lines):
    """All single characters of some scripts, the commonest words and the endings that cut the others."""
    single = [t for t in lines if len(t) == 1][:750]
    single += [t for t in lines if len(t) == 3 and t.startswith("##")][:400]
    words = [t for t in lines[1996:] if len(t) > 1 and not t.startswith("##")][:650]
    endings = [t for t in lines[1996:] if t.startswith("##") and len(t) > 3][:200]
    tokens = SPECIAL + single + words + endings
    tokens += [t for t in ("##\u1161", "##\u11a8", "i\u0307", "caf\u00e9", "##\u0301", "\u00e9t\u00e9") if t not in tokens]
    assert len(set(tokens)) == len(tokens)
    return tokens


def encode(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False)


def golden_case(tokenizer, text):
    encoding = encode(tokenizer, text)
    return {"text": text, "ids": encoding.ids, "offsets": [o for pair in encoding.offsets for o in pair]}


def squad_texts(data):
    """Contexts, each once, and questions of one file in the order in which they stand."""
    contexts, questions = {}, []
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            contexts[paragraph["context"]] = None
            questions += [qa["question"] for qa in paragraph["qas"]]
    return list(contexts), questions


def write(name, value):
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("},{", "},\n{") + "\n")
    assert path.stat().st_size < 300_000, (name, path.stat().st_size)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    data = parser.parse_args().data
    lines = (data / "tokenizers/bert-vocab.txt").read_text("utf-8").split("\n")[:-1]
    tokens = small_vocabulary(lines)
    vocabulary = {t: i for i, t in enumerate(tokens)}

    small = bert_tokenizer(vocabulary, BERT)
    small.enable_truncation(8, stride=2)
    small.enable_padding(pad_id=0, pad_token="[PAD]", length=8)
    (FIXTURES / "small").mkdir(parents=True, exist_ok=True)
    (FIXTURES / "small/tokenizer.json").write_text(small.to_str(pretty=False))

    configurations, hashes = [], {}
    for index, (name, (options, added)) in enumerate(CONFIGURATIONS.items()):
        tokenizer = bert_tokenizer(vocabulary, options)
        for token in added:
            (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
        ids = {token.content: i for i, token in tokenizer.get_added_tokens_decoder().items()}
        configurations.append({
            "name": name,
            "normalizer": options,
            "addedTokens": [
                {"id": ids[t.content], "content": t.content, "single_word": t.single_word, "lstrip": t.lstrip,
                 "rstrip": t.rstrip, "normalized": t.normalized, "special": t.special} for t in added],
            "cases": [golden_case(tokenizer, text) for texts in TEXTS.values() for text in texts],
        })
        random, combined = SplitMix64(index), Hash()
        for _ in range(2_000):
            combined.add(encode(tokenizer, random_text(random)))
        hashes[name] = f"{combined.value:016x}"

    cased = FIXTURES / "small-cased"
    shutil.rmtree(cased, ignore_errors=True)
    cased.mkdir()
    capitals = [t.capitalize() for t in tokens if t.isalpha() and t.capitalize() not in vocabulary][:400]
    (cased / "vocab.txt").write_text("".join(t + "\n" for t in tokens + list(dict.fromkeys(capitals))), "utf-8")
    decoder = {str(i): {"content": t, "lstrip": t == "[MASK]", "normalized": False, "rstrip": False,
                        "single_word": False, "special": True} for i, t in enumerate(SPECIAL)}
    (cased / "tokenizer_config.json").write_text(json.dumps({
        "added_tokens_decoder": decoder, "cls_token": "[CLS]", "do_lower_case": False, "mask_token": "[MASK]",
        "model_max_length": 512, "pad_token": "[PAD]", "sep_token": "[SEP]", "strip_accents": None,
        "tokenize_chinese_chars": True, "tokenizer_class": "BertTokenizer", "unk_token": "[UNK]"}, indent=1) + "\n")
    backend = BertTokenizer.from_pretrained(str(cased)).backend_tokenizer
    random, combined = SplitMix64(100), Hash()
    for _ in range(2_000):
        combined.add(encode(backend, random_text(random)))
    hashes["small-cased"] = f"{combined.value:016x}"
    cased_cases = [golden_case(backend, text) for texts in TEXTS.values() for text in texts]

    full = bert_tokenizer({t: i for i, t in enumerate(lines)}, BERT)
    files = {}
    for path in sorted(data.rglob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content, dict) or not isinstance(content.get("data"), list):
            continue
        contexts, questions = squad_texts(content)
        combined, count = Hash(), 0
        for text in contexts + questions:
            encoding = encode(full, text)
            combined.add(encoding)
            count += len(encoding.ids)
        files[path.relative_to(data).as_posix()] = {
            "contexts": len(contexts), "questions": len(questions), "tokens": count, "hash": f"{combined.value:016x}"}

    write("tokenizer-golden.json", {"madeWith": MADE_WITH, "configurations": configurations, "cased": cased_cases})
    write("tokenizer-hashes.json", {
        "madeWith": MADE_WITH, "pools": POOLS, "fragments": FRAGMENTS, "textsPerConfiguration": 2_000,
        "random": hashes, "files": files})


if __name__ == "__main__":
    main()
