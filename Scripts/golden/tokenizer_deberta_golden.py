"""Writes the fixtures of the DeBERTa tokenizer: ids and offsets as Hugging Face's tokenizers give them.

Command (from the root of the repository):
    python3 Scripts/golden/tokenizer_deberta_golden.py --data DIRECTORY
where DIRECTORY is that of tokenizer_golden.py. Ran with: Python 3.11, tokenizers 0.23.3, sentencepiece 0.2.3

Writes to Tests/TokenizerModuleTests/Fixtures:
    small-deberta-v2/spm.model   some 400 pieces trained on contexts, with DeBERTa's special pieces
    deberta-golden.json          tokenizer.json as transformers 4 converts it (DebertaV2Converter); texts, ids and offsets

transformers 5 builds other normalizers than the file holds, so the conversion of version 4 stands here, step by step.
"""

import argparse
import io
import json
import pathlib
import tempfile

import sentencepiece
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

import tokenizer_families_golden as families

TEXTS = families.TEXTS + ["a [MASK] b[MASK]", "[CLS] x [SEP]", "  two  spaces   and\ttabs\n\nlines  ", "\u2581", "[UNK]\u2603"]


def train(data, model):
    contexts, _ = families.golden.squad_texts(json.loads((data / "squad/train-part.json").read_text("utf-8")))
    rules = tempfile.NamedTemporaryFile("w", suffix=".tsv")
    rules.write("".join(r + "\n" for r in families.RULES))
    rules.flush()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(contexts[:1500]), model_writer=model, vocab_size=420, model_type="unigram", pad_id=0, bos_id=1,
        eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]", num_threads=1,
        character_coverage=0.9995, normalization_rule_tsv=rules.name, max_sentence_length=20000, minloglevel=2)


def convert(proto):
    vocabulary = [(piece.piece, piece.score) for piece in proto.pieces]
    tokenizer = Tokenizer(models.Unigram(vocabulary, proto.trainer_spec.unk_id, False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Strip(), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace("\u2581", prepend_scheme="always")])
    tokenizer.add_special_tokens(
        [AddedToken(t, normalized=False, special=True) for t in ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return tokenizer


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    fixtures = pathlib.Path("Tests/TokenizerModuleTests/Fixtures")
    (fixtures / "small-deberta-v2").mkdir(exist_ok=True)
    model = io.BytesIO()
    train(parser.parse_args().data, model)
    (fixtures / "small-deberta-v2/spm.model").write_bytes(model.getvalue())
    tokenizer = convert(ModelProto.FromString(model.getvalue()))
    cases = []
    for text in TEXTS:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        cases.append({"ids": encoding.ids, "offsets": [x for pair in encoding.offsets for x in pair]})
    (fixtures / "deberta-golden.json").write_text(
        json.dumps({"tokenizer": tokenizer.to_str(), "texts": TEXTS, "cases": cases}, separators=(",", ":")) + "\n")
