"""The directories of the three kinds of tokenizers, which both sides read."""

import json
import shutil
import unicodedata

import sentencepiece

KINDS = {"WordPiece": "BertTokenizer", "byte-level BPE": "RobertaTokenizer", "Unigram": "AlbertTokenizer"}


def write(kind, directory, sources, contexts, pieces, model):
    """Writes the vocabulary files of a kind; `sources` has BERT's and RoBERTa's."""
    directory.mkdir()
    (directory / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": KINDS[kind]}))
    if kind == "WordPiece":
        shutil.copy(sources / "bert-vocab.txt", directory / "vocab.txt")
    elif kind == "byte-level BPE":
        vocabulary = json.loads((sources / "roberta-base-vocab.json").read_text("utf-8"))
        # Some copies lack the tokens that nothing uses; ids must have no gaps.
        for unused in sorted(set(range(max(vocabulary.values()) + 1)) - set(vocabulary.values())):
            vocabulary[f"unused{unused}"] = unused
        (directory / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
        shutil.copy(sources / "gpt2-merges.txt", directory / "merges.txt")
    elif model is not None:
        shutil.copy(model, directory / "spiece.model")
    else:
        train(contexts, pieces, directory / "spiece.model")


def train(contexts, pieces, path):
    """A Unigram model of the contexts with ALBERT's normalization, special pieces and settings."""
    def normalized(text):
        text = text.replace("``", '"').replace("''", '"')
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        return " ".join(text.lower().split())

    with open(path, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=map(normalized, contexts), model_writer=file, model_type="unigram", vocab_size=pieces,
            pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols="[CLS],[SEP],[MASK]",
            user_defined_symbols='(,),",-,.,–,£,€', character_coverage=0.99995, max_sentence_length=100_000,
            # Few contexts have not as many pieces in them.
            hard_vocab_limit=False, minloglevel=2)
