"""Writes the fixtures of the tokenizers beside BERT's: ids and offsets as Hugging Face's own give them.

Command (from the root of the repository; some minutes):
    python3 Scripts/golden/tokenizer_families_golden.py --data DIRECTORY
where DIRECTORY is that of tokenizer_golden.py, and has tokenizers/{roberta-base-vocab.json,gpt2-merges.txt} too.
Ran with: Python 3.11, tokenizers 0.23.3, transformers 5.24.0, sentencepiece 0.2.3

ALBERT's is not what transformers 5 makes of spiece.model, which gives other tokens than the models were trained with. It is the
tokenizer.json that albert-base-v2 has had since 2020, and is compared with SentencePiece itself, as the class of 2019 used it.

Writes to Tests/TokenizerModuleTests/Fixtures:
    small-roberta/{vocab.json,merges.txt}   the first merges of GPT-2, read by transformers
    small-albert/spiece.model               some 900 pieces trained on the contexts with ALBERT's own command
    small-{xlm-roberta,camembert}/sentencepiece.bpe.model  some 600 pieces, read by transformers
    {roberta,albert,xlm-roberta,camembert}-model.json      the element `model` of each
    families-golden.json                    texts; configurations, each with a hash a text, some with ids and offsets,
                                            some with a pair
    families-hashes.json                    one hash each: random texts per configuration, real texts per file
"""

import argparse
import io
import json
import pathlib
import shutil
import tempfile
import unicodedata

import sentencepiece
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import CamembertTokenizer, RobertaTokenizer, XLMRobertaTokenizer

import tokenizer_golden as golden

ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
MERGES = 700
golden.MADE_WITH["command"] = "python3 Scripts/golden/tokenizer_families_golden.py --data DIRECTORY"
golden.MADE_WITH["sentencepiece"] = sentencepiece.__version__
golden.FRAGMENTS[:] = ["<mask>", "[MASK]", " ", "  ", "\u200d", "the ", "'s", "'ll", "``", "''", "\u0301", "e\u0301", "[X]",
                       "\u212b", "\uac00\u11a8", "ing", "\r\n", "\u00a0", "\u2581", "\ufb01", "\u00bd", "1921", "\u0939\u094d", "<unk>"]
# A small set of normalization rules instead of SentencePiece's, whose table alone has 237 kB: scalars in hexadecimal.
RULES = ["FB01\t66 69", "BD\t31 2F 32", "2026\t2E 2E 2E", "9\t20", "A\t20", "D\t20", "D A\t20", "A0\t20", "3000\t20",
         "200B\t", "AD\t", "7\t", "E9\t65", "65 301\t65", "61 308\t61 65", "FF21\t41", "2019\t27", "1100 1161\tAC00",
         "E33\tE4D E32", "41 30A\tC5", "212B\tC5", "3B1 301\t3AC", "2122\t54 4D", "F900\t8C48", "C5\t41"]

TEXTS = [t for texts in golden.TEXTS.values() for t in texts] + [
    "it's we'll they'd I'm you've they're 'tis 'S 'Ve o'clock '", "a  b   c\n\n d \t e\n", "  leading", "trailing  ",
    "x\u00a0y\u2003z\u3000w", "\u00bd cup, \u00b2 \u2167 \u0664\u0662 12345 3.14", "<s> a </s><mask> <mask>  b<mask>", "a <mask>\n<mask>", "<unk>\u2603<unk>",
    "``quoted'' ''again`` `'", "\u2581a \u2581\u2581b\u2581", "\ufb01nd \ufb01\u0301 o\ufb03ce", "\u00c5\u00e9e\u0301a\u0308\u2026\u200b\u00ad\u0007x", "\u200b", "\u2026", "\ufb01\ufb01\ufb01 \ufb01",
    "\u200bab", "A\u030a\u2122\u0301\u2122", "r\r\nn\n\rm", "\u1100\u1161\u11a8 \uac00", "\u0939\u094d\u0915\u093f \u0e01\u0e33", "\u00a9\u200d\u00a9 \u00a9\u200d", "\U0001f1e9\U0001f1ea\u0301",
    "\u1e9b\u0323 \u0344 \u0958", "d\u0323\u0307 d\u0307\u0323 \u1e0b\u0323", "\uff21\uff22\uff76\uff9e", "e" * 3000, "ab " * 200, "x" * 17 + " " + "y" * 16, " " * 40, "\n" * 17,
    "the end of the ends", "Foo foo bar\u00e9 BAR\u00c9", "a [X] b[X]", "don't\u2019s", "\u0301", " \u0301a", "\u0120x \u0120", "\u00e9" * 40,
]
PAIR = ("Where's it?", " The ends of the  end")


def roberta_vocabulary(lines):
    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = ROBERTA_SPECIAL + bytes_ + ["".join(line.split(" ")) for line in lines]
    tokens = list(dict.fromkeys(tokens)) + ["<mask>"]
    return {t: i for i, t in enumerate(tokens)}


def train(data, lowercase, **options):
    """The bytes of a SentencePiece model of the contexts."""
    lines = []
    for name in ("squad/train-part.json", "squadshifts/reddit.json"):
        contexts, _ = golden.squad_texts(json.loads((data / name).read_text("utf-8")))
        lines += contexts[:1500]
    # So few pieces have none that ends in a digit and a comma, as some of 30,000 do.
    lines += ["In 2011, in 1999, in 2011, 42, 7, they and 2011, were (at £ 5, € 6 – 7)."] * 300
    rules = tempfile.NamedTemporaryFile("w", suffix=".tsv")
    rules.write("".join(r + "\n" for r in RULES))
    rules.flush()
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(l.lower() if lowercase else l for l in lines), model_writer=model, model_type="unigram",
        num_threads=1, normalization_rule_tsv=rules.name, max_sentence_length=20000, minloglevel=2, **options)
    return model.getvalue()


def train_albert(data):
    """With the options that ALBERT's authors give, but for the sizes."""
    return train(
        data, lowercase=True, vocab_size=900, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, character_coverage=0.99995,
        control_symbols="[CLS],[SEP],[MASK]", user_defined_symbols=list('()"-.–£€'))


def ends_in_digit_and_comma(piece):
    return len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit()


def albert(model):
    """albert-base-v2's tokenizer.json of 2020, with the pieces of another model."""
    proto = ModelProto.FromString(model)
    lowered = [ends_in_digit_and_comma(p.piece) for p in proto.pieces]
    assert sum(lowered) > 1, "the vocabulary has no pieces as 2011,"
    tokenizer = Tokenizer(models.Unigram(
        [(p.piece, p.score - (100 if low else 0)) for p, low in zip(proto.pieces, lowered)], proto.trainer_spec.unk_id, False))
    n = normalizers
    tokenizer.normalizer = n.Sequence([
        n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(),
        n.Precompiled(proto.normalizer_spec.precompiled_charsmap), n.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(["<pad>", "<unk>", "[CLS]", "[SEP]", AddedToken("[MASK]", lstrip=True, normalized=False)])
    return tokenizer


def albert_pieces(model, text):
    """What the class of 2019 made of a text, with SentencePiece itself."""
    text = " ".join(text.strip().split()).replace("``", '"').replace("''", '"')
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    pieces = []
    for piece in model.encode(text, out_type=str):
        if not ends_in_digit_and_comma(piece):
            pieces.append(piece)
            continue
        again = model.encode(piece[:-1].replace("\u2581", ""), out_type=str)
        if piece[0] != "\u2581" and again[0][0] == "\u2581":
            again = again[1:] if len(again[0]) == 1 else [again[0][1:], *again[1:]]
        pieces += [*again, ","]
    return pieces


def compare_with_sentencepiece(data, tokenizer, model):
    """Real contexts, the cased ones as they are: all but a few in a thousand have the very same pieces."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    contexts = [c for name in ("squad/train-part.json", "squadshifts/reddit.json")
                for c in golden.squad_texts(json.loads((data / name).read_text("utf-8")))[0]]
    equal = sum(golden.encode(tokenizer, c).tokens == albert_pieces(processor, c) for c in contexts)
    print(f"ALBERT: {equal} of {len(contexts)} contexts as SentencePiece cuts them")
    assert equal > 0.99 * len(contexts)


def model_text(tokenizer):
    text = tokenizer.to_str()
    return text[text.index('"model":') + len('"model":'):-1]


def elements(tokenizer):
    """All of tokenizer.json but the model, without the braces around."""
    parsed = json.loads(tokenizer.to_str())
    del parsed["model"]
    return json.dumps(parsed, ensure_ascii=True, separators=(",", ":"))[1:-1]


def roberta(backend, **changes):
    tokenizer = Tokenizer.from_str(backend.to_str())
    if "pre" in changes:
        tokenizer.pre_tokenizer = changes["pre"]
    if "trim" in changes or "prefix" in changes:
        tokenizer.post_processor = processors.RobertaProcessing(
            ("</s>", 2), ("<s>", 0), changes.get("trim", True), changes.get("prefix", True))
    if "normalizer" in changes:
        tokenizer.normalizer = changes["normalizer"]
    for token in changes.get("added", []):
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    return tokenizer


ADDED = [
    AddedToken("[X]", special=True, normalized=False, lstrip=True, rstrip=True),
    AddedToken("<mask>", special=True, normalized=False, lstrip=True),
    AddedToken("the end", special=False, normalized=False, single_word=True),
    AddedToken("bar\u00e9", special=False, normalized=True),
    AddedToken("Foo", special=False, normalized=True, single_word=True, rstrip=True),
    AddedToken("  ", special=False, normalized=False),
]


# Words that no merges lead to, for a model that looks for whole words first.
WHOLE_WORDS = ["\u0120leading", "\u0120ends", "12345", "\u00e2\u013a\u0125", "Foo", "\u0120", "x", "ab"]


def edited(backend, model_edits, **changes):
    """With parts of the element `model` replaced, as texts: so the very same file is read on both sides."""
    tokenizer = roberta(backend, **changes)
    model = model_text(tokenizer)
    for old, new in model_edits:
        assert model.count(old) == 1, (old, model.count(old))
        model = model.replace(old, new)
    return Tokenizer.from_str("{" + elements(tokenizer) + ',"model":' + model + "}")


def whole_words(backend):
    size = backend.get_vocab_size()
    new = [t for t in WHOLE_WORDS if backend.token_to_id(t) is None]
    entries = "".join(f',{json.dumps(t, ensure_ascii=False)}:{size + i}' for i, t in enumerate(new))
    return [['"ignore_merges":false', '"ignore_merges":true'], [f'"<mask>":{size - 1}', f'"<mask>":{size - 1}{entries}']]


def byte_pieces():
    pieces = ",".join(f'["<0x{byte:02X}>",0.0]' for byte in range(256))
    return [[']],"byte_fallback":false', f'],{pieces}],"byte_fallback":true']]


def configurations(roberta_backend, albert_backend, charsmap):
    level, meta, split = pre_tokenizers.ByteLevel, pre_tokenizers.Metaspace, pre_tokenizers.WhitespaceSplit
    sequence, n = pre_tokenizers.Sequence, normalizers
    small = n.Precompiled(charsmap)
    yield "roberta", roberta(roberta_backend)
    yield "roberta, prefix space", roberta(roberta_backend, pre=level(True), trim=True)
    yield "roberta, prefix space only in the text", roberta(roberta_backend, pre=level(True), prefix=False)
    yield "roberta, untrimmed", roberta(roberta_backend, trim=False)
    yield "roberta, added tokens", roberta(roberta_backend, added=ADDED, trim=True)
    yield "roberta, added tokens, lower-case", roberta(
        roberta_backend, added=ADDED, pre=level(True), normalizer=n.Sequence([n.NFC(), n.Lowercase()]))
    yield "roberta, whitespace first", roberta(roberta_backend, pre=sequence([split(), level(True)]))
    yield "roberta, no pattern", roberta(roberta_backend, pre=level(False, use_regex=False))
    yield "albert", roberta(albert_backend)
    yield "albert, added tokens", roberta(albert_backend, added=ADDED)
    for name, normalizer in {
        "nfc": n.NFC(), "nfd": n.NFD(), "nfkc": n.NFKC(), "nfkd": n.NFKD(), "lower-case": n.Lowercase(),
        "marks stripped": n.StripAccents(), "prepended": n.Prepend("ab"), "rules": small,
        "spaces replaced": n.Replace(Regex(" {2,}"), " "), "replaced": n.Replace("e", "\u00e9t\u00e9"), "deleted": n.Replace("th", ""),
        "as converted before": n.Sequence([n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(),
                                           n.Lowercase(), small, n.Replace(Regex(" {2,}"), " ")]),
    }.items():
        yield "albert, " + name, roberta(albert_backend, normalizer=normalizer)
    for name, pre in {
        "first word": meta(prepend_scheme="first"), "no mark": sequence([split(), meta(prepend_scheme="never")]),
        "mark after whitespace": sequence([split(), meta(prepend_scheme="first")]), "unsplit": meta(split=False),
        "another mark": meta(replacement="_"), "whitespace only": split(),
    }.items():
        yield "albert, " + name, roberta(albert_backend, pre=pre)
    yield "albert, first word of rules", roberta(albert_backend, pre=meta(prepend_scheme="first"), normalizer=small)
    yield "albert, stripped", roberta(albert_backend, normalizer=n.Strip())
    yield "albert, stripped left", roberta(albert_backend, normalizer=n.Sequence([n.NFKC(), n.Strip(right=False)]), pre=meta())
    yield "albert, stripped right", roberta(albert_backend, normalizer=n.Sequence([small, n.Strip(left=False)]), pre=meta())
    yield "albert, bytes of what is unknown", edited(albert_backend, byte_pieces()), byte_pieces()
    yield "roberta, whole words first", edited(roberta_backend, whole_words(roberta_backend)), whole_words(roberta_backend)
    template = roberta(roberta_backend)
    template.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    yield "roberta, template", template


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    data = parser.parse_args().data
    lines = (data / "tokenizers/gpt2-merges.txt").read_text("utf-8").split("\n")[1:MERGES + 1]

    directory = golden.FIXTURES / "small-roberta"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    (directory / "vocab.json").write_text(json.dumps(roberta_vocabulary(lines), ensure_ascii=True) + "\n")
    (directory / "merges.txt").write_text("#version: 0.2\n" + "".join(l + "\n" for l in lines), "utf-8")
    (directory / "tokenizer_config.json").write_text('{"tokenizer_class": "RobertaTokenizer"}\n')
    roberta_backend = RobertaTokenizer.from_pretrained(str(directory)).backend_tokenizer
    (golden.FIXTURES / "roberta-model.json").write_text(model_text(roberta_backend) + "\n", "utf-8")

    def fixture(name, file, model, configuration):
        directory = golden.FIXTURES / f"small-{name}"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        (directory / file).write_bytes(model)
        (directory / "tokenizer_config.json").write_text(json.dumps(configuration) + "\n")
        return str(directory)

    model = train_albert(data)
    fixture("albert", "spiece.model", model, {"tokenizer_class": "AlbertTokenizer"})
    albert_backend = albert(model)
    compare_with_sentencepiece(data, albert_backend, model)
    (golden.FIXTURES / "albert-model.json").write_text(model_text(albert_backend) + "\n", "utf-8")
    proto = ModelProto.FromString(model)

    pieces = train(data, lowercase=False, vocab_size=600, character_coverage=0.9995)
    mask = {"__type": "AddedToken", "content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False,
            "normalized": True, "special": True}
    fairseq = {}
    for name, loader, more in [
        ("xlm-roberta", XLMRobertaTokenizer, {"mask_token": mask}), ("camembert", CamembertTokenizer, {})]:
        directory = fixture(name, "sentencepiece.bpe.model", pieces, {"tokenizer_class": loader.__name__} | more)
        fairseq[name] = loader.from_pretrained(directory).backend_tokenizer
        (golden.FIXTURES / f"{name}-model.json").write_text(model_text(fairseq[name]) + "\n", "utf-8")
    charsmap = proto.normalizer_spec.precompiled_charsmap

    out, hashes = [], {}
    made = [*configurations(roberta_backend, albert_backend, charsmap), *fairseq.items()]
    for index, (name, tokenizer, *model_edits) in enumerate(made):
        entry = {"name": name, "elements": elements(tokenizer), "hashes": []}
        if model_edits:
            entry["modelEdits"] = model_edits[0]
        if name in ("roberta", "albert", "roberta, template", *fairseq):
            pair = tokenizer.encode(*PAIR)
            entry["pair"] = {"question": PAIR[0], "context": PAIR[1], "ids": pair.ids, "types": pair.type_ids}
        for text in TEXTS:
            single = golden.Hash()
            single.add(golden.encode(tokenizer, text))
            entry["hashes"].append(f"{single.value:016x}")
        if name in ("roberta", "albert", *fairseq):
            entry["cases"] = [{"ids": e.ids, "offsets": [o for pair in e.offsets for o in pair]}
                              for e in (golden.encode(tokenizer, text) for text in TEXTS)]
        out.append(entry)
        random, combined = golden.SplitMix64(1000 + index), golden.Hash()
        for _ in range(2_000):
            combined.add(golden.encode(tokenizer, golden.random_text(random)))
        hashes[name] = f"{combined.value:016x}"

    vocabulary = json.loads((data / "tokenizers/roberta-base-vocab.json").read_text("utf-8"))
    for i in range(3):
        vocabulary[f"madeupword{i:04}"] = 50261 + i
    merges = [tuple(l.split(" ")) for l in (data / "tokenizers/gpt2-merges.txt").read_text("utf-8").split("\n")[1:-1]]
    full = {"roberta": RobertaTokenizer(vocab=vocabulary, merges=merges).backend_tokenizer, "albert": albert_backend, **fairseq}
    files = {}
    for path in sorted(data.rglob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content, dict) or not isinstance(content.get("data"), list):
            continue
        contexts, questions = golden.squad_texts(content)
        entry = {"contexts": len(contexts), "questions": len(questions)}
        for kind, tokenizer in full.items():
            combined, count = golden.Hash(), 0
            for text in contexts + questions:
                encoding = golden.encode(tokenizer, text)
                combined.add(encoding)
                count += len(encoding.ids)
            entry[kind] = {"tokens": count, "hash": f"{combined.value:016x}"}
        files[path.relative_to(data).as_posix()] = entry

    golden.write("families-hashes.json", {
        "madeWith": golden.MADE_WITH, "pools": golden.POOLS, "fragments": golden.FRAGMENTS,
        "textsPerConfiguration": 2_000, "random": hashes, "files": files})
    path = golden.FIXTURES / "families-golden.json"
    path.write_text(json.dumps({"madeWith": golden.MADE_WITH, "texts": TEXTS, "configurations": out}, ensure_ascii=True,
                               separators=(",", ":")).replace('},{"name":', '},\n{"name":') + "\n")
    print(len(out), "configurations;", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
