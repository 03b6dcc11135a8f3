"""Writes tiny twins of the kinds of checkpoints that people use: what each directory holds, and what Hugging Face makes of it.

    python Scripts/golden/checkpoint_kinds_golden.py Tests/QuestionAnsweringModuleTests/Fixtures

Ran with Python 3.11, torch 2.13.0+cpu, transformers 5.24.0, tokenizers 0.23.3, sentencepiece 0.2.3.

A kind is a family, the files of its tokenizer and the form of its weights. Weights are formula weights, which the tests compute
again, but for `torch-checkpoint`, a directory that is written whole: torch.save's own zip form, in half precision, with tensors of
other heads. checkpoint-kinds.json has, for each kind, config.json, the other files (a text, or the name of a fixture of the
tokenizers'), and of one window the ids, the token types, the offsets of the context's tokens and the logits.

ALBERT's and DeBERTa's tokenizers are not what transformers 5 makes of their SentencePiece models, but what the models were trained
with: see tokenizer_families_golden.py and tokenizer_deberta_golden.py.
"""

import json
import pathlib
import sys
import tempfile

import torch
import transformers
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from tokenizers import Tokenizer

import fixed_weights
import tokenizer_deberta_golden
import tokenizer_families_golden

TOKENIZERS = pathlib.Path("Tests/TokenizerModuleTests/Fixtures")
QUESTION = "Where was it?"
CONTEXT = "A  caf\u00e9 stood <mask> in 1921, (at 6) [MASK] the end."

LETTERS = [c for c in "abcdefghijklmnopqrstuvwxyzABCEMSTW0123456789\u00e9"]
WORDS = (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + LETTERS + ["##" + c for c in LETTERS]
         + list(".,?!-'()<>[]") + ["was", "in", "the", "end", "##ood", "Where", "where", "192"])
VOCABULARY = "\n".join(WORDS) + "\n"
SPECIAL = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}
ROBERTA_SPECIAL = {
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>", "cls_token": "<s>",
    "mask_token": {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": False}}

SIZES = {key: fixed_weights.TINY[key] for key in [
    "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size"]}
BERT = {**SIZES, "max_position_embeddings": 64, "vocab_size": len(WORDS)}
ROBERTA = {**SIZES, "max_position_embeddings": 66, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "vocab_size": 1000}
DISTILBERT = {"n_layers": 3, "dim": 32, "n_heads": 4, "hidden_dim": 64, "max_position_embeddings": 64, "vocab_size": len(WORDS)}
DEBERTA = {
    **SIZES, "max_position_embeddings": 64, "type_vocab_size": 0, "relative_attention": True, "position_biased_input": False,
    "share_att_key": True, "pos_att_type": "p2c|c2p", "norm_rel_ebd": "layer_norm", "position_buckets": 8, "vocab_size": 1000}
ALBERT = {**SIZES, "embedding_size": 16, "max_position_embeddings": 64, "hidden_act": "gelu_new", "vocab_size": 1000}


def word_piece_json(lowercase, typed):
    """BERT's tokenizer.json; the first ones, of 2020, do not say that the model is WordPiece."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "vocab.txt").write_text(VOCABULARY)
        made = transformers.BertTokenizer.from_pretrained(folder, do_lower_case=lowercase)
    value = json.loads(made.backend_tokenizer.to_str())
    if not typed:
        del value["model"]["type"]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def backend_json(tokenizer_class, fixture, **options):
    made = tokenizer_class.from_pretrained(TOKENIZERS / fixture, **options)
    return made.backend_tokenizer.to_str()


def copies(fixture, *names):
    return {name: {"copy": f"{fixture}/{name}"} for name in names}


def texts(**files):
    return {name.replace("__", "."): text if isinstance(text, str) else json.dumps(text) for name, text in files.items()}


SPM = ModelProto.FromString((TOKENIZERS / "small-deberta-v2/spm.model").read_bytes())
DEBERTA_TOKENIZER = tokenizer_deberta_golden.convert(SPM)
ALBERT_TOKENIZER = tokenizer_families_golden.albert((TOKENIZERS / "small-albert/spiece.model").read_bytes())
B, D, E = transformers.BertConfig, transformers.DistilBertConfig, transformers.ElectraConfig
R, X, C = transformers.RobertaConfig, transformers.XLMRobertaConfig, transformers.CamembertConfig
BT, RT, XT, CT = (transformers.BertTokenizer, transformers.RobertaTokenizer, transformers.XLMRobertaTokenizer,
                  transformers.CamembertTokenizer)
BYTES = copies("small-roberta", "vocab.json", "merges.txt")
PIECES = copies("small-xlm-roberta", "sentencepiece.bpe.model")
FRENCH = copies("small-camembert", "sentencepiece.bpe.model")

# name: configuration, files, form of the weights, tokenizer (a class that reads the directory, or one made here).
KINDS = {
    "bert, vocab.txt": (
        B(**BERT), texts(vocab__txt=VOCABULARY, special_tokens_map__json=SPECIAL,
                         tokenizer_config__json={"do_lower_case": True, "model_max_length": 512}), "safetensors", BT),
    "bert, vocab.txt alone, torch": (B(**BERT), texts(vocab__txt=VOCABULARY), "torch", BT),
    "bert, cased vocab.txt, torch": (
        B(**BERT), texts(vocab__txt=VOCABULARY, tokenizer_config__json={"do_lower_case": False}), "torch", BT),
    "bert, tokenizer.json without model.type": (
        B(**BERT), texts(vocab__txt=VOCABULARY, tokenizer__json=word_piece_json(True, False),
                         tokenizer_config__json={"do_lower_case": True}), "safetensors", BT),
    "bert, cased tokenizer.json, torch": (
        B(**BERT), texts(vocab__txt=VOCABULARY, tokenizer__json=word_piece_json(False, True), special_tokens_map__json=SPECIAL,
                         tokenizer_config__json={"do_lower_case": False, "tokenizer_class": "BertTokenizer"}), "torch", BT),
    "distilbert, cased tokenizer.json without model.type": (
        D(**DISTILBERT), texts(vocab__txt=VOCABULARY, tokenizer__json=word_piece_json(False, False),
                               tokenizer_config__json={"model_max_length": 512, "do_lower_case": False}), "safetensors", BT),
    "distilbert, vocab.txt, torch": (
        D(**DISTILBERT), texts(vocab__txt=VOCABULARY, tokenizer_config__json={"do_lower_case": False}), "torch", BT),
    "roberta, vocab.json, special_tokens_map.json": (
        R(**ROBERTA), BYTES | texts(special_tokens_map__json=ROBERTA_SPECIAL, tokenizer_config__json={
            "do_lower_case": False, "model_max_length": 512, "full_tokenizer_file": None}), "safetensors", RT),
    "roberta, vocab.json, added_tokens.json": (
        R(**ROBERTA), BYTES | texts(special_tokens_map__json=ROBERTA_SPECIAL, added_tokens__json={"stood": 961}),
        "safetensors", RT),
    "roberta, tokenizer.json, torch": (
        R(**ROBERTA), BYTES | texts(tokenizer__json=backend_json(RT, "small-roberta")), "torch", RT),
    "roberta, sentencepiece.bpe.model, torch": (
        R(**ROBERTA), PIECES | texts(special_tokens_map__json=ROBERTA_SPECIAL, tokenizer_config__json={
            "tokenizer_class": "XLMRobertaTokenizer"}), "torch", XT),
    "roberta, BERT's vocab.txt": (
        R(**{**ROBERTA, "vocab_size": len(WORDS)}, pad_token_id=0), texts(vocab__txt=VOCABULARY, tokenizer_config__json={
            "tokenizer_class": "BertTokenizer", "do_lower_case": False}), "safetensors", BT),
    "xlm-roberta, sentencepiece.bpe.model": (
        X(**ROBERTA), PIECES | texts(special_tokens_map__json=ROBERTA_SPECIAL, tokenizer_config__json={"do_lower_case": False}),
        "safetensors", XT),
    "xlm-roberta, tokenizer.json, torch": (
        X(**ROBERTA), PIECES | texts(tokenizer__json=backend_json(XT, "small-xlm-roberta")), "torch", XT),
    "camembert, sentencepiece.bpe.model, torch": (C(**ROBERTA), FRENCH, "torch", CT),
    "electra, vocab.txt": (
        E(**BERT, embedding_size=32), texts(vocab__txt=VOCABULARY, special_tokens_map__json=SPECIAL, tokenizer_config__json={
            "do_lower_case": True, "model_max_length": 512, "tokenizer_class": "ElectraTokenizer"}), "safetensors", BT),
    "electra, narrow embeddings, torch": (
        E(**BERT, embedding_size=16), texts(vocab__txt=VOCABULARY, tokenizer_config__json={"do_lower_case": False}), "torch", BT),
    "electra, tokenizer.json, torch": (
        E(**BERT, embedding_size=32), texts(vocab__txt=VOCABULARY, tokenizer__json=word_piece_json(False, True),
                                            tokenizer_config__json={"do_lower_case": False}), "torch", BT),
    "albert, spiece.model, torch": (
        transformers.AlbertConfig(**ALBERT), copies("small-albert", "spiece.model"), "torch", ALBERT_TOKENIZER),
    "bert, one token type": (
        B(**BERT, type_vocab_size=1), texts(vocab__txt=VOCABULARY, tokenizer_config__json={"do_lower_case": False}),
        "safetensors", BT),
    "mpnet, vocab.txt": (
        transformers.MPNetConfig(**{**SIZES, "vocab_size": len(WORDS)}, max_position_embeddings=66, layer_norm_eps=1e-5,
                                 relative_attention_num_buckets=32),
        texts(vocab__txt="\n".join(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"] + WORDS[5:]) + "\n",
              tokenizer_config__json={"do_lower_case": True, "tokenizer_class": "MPNetTokenizer"}),
        "safetensors", transformers.MPNetTokenizer),
    "deberta-v2, spm.model, added_tokens.json": (
        transformers.DebertaV2Config(**DEBERTA), copies("small-deberta-v2", "spm.model") | texts(
            added_tokens__json={"[MASK]": len(SPM.pieces)}, special_tokens_map__json=SPECIAL,
            tokenizer_config__json={"do_lower_case": False, "vocab_type": "spm"}), "safetensors", DEBERTA_TOKENIZER),
    "deberta-v2, spm.model, added_tokens.json alone, torch": (
        transformers.DebertaV2Config(**DEBERTA), copies("small-deberta-v2", "spm.model") | texts(
            added_tokens__json={"[MASK]": len(SPM.pieces)}), "torch", DEBERTA_TOKENIZER),
    "deberta-v2, tokenizer.json alone": (
        transformers.DebertaV2Config(**DEBERTA), texts(
            tokenizer__json=DEBERTA_TOKENIZER.to_str(),
            tokenizer_config__json={"do_lower_case": False, "tokenizer_class": "DebertaV2Tokenizer"}),
        "safetensors", DEBERTA_TOKENIZER),
}


def write_directory(folder, files):
    for name, content in files.items():
        target = pathlib.Path(folder, name)
        if isinstance(content, dict):
            target.write_bytes((TOKENIZERS / content["copy"]).read_bytes())
        else:
            target.write_text(content)


def encoding(tokenizer, folder):
    """One window."""
    if not isinstance(tokenizer, Tokenizer):
        tokenizer = tokenizer.from_pretrained(folder).backend_tokenizer
    made = tokenizer.encode(QUESTION, CONTEXT)
    assert len(made.ids) <= 64, len(made.ids)
    return made


def formula_model(configuration):
    model = transformers.AutoModelForQuestionAnswering.from_config(configuration).eval()
    weights = {name: torch.from_numpy(fixed_weights.tensor(name, *weight.shape)) for name, weight in model.named_parameters()}
    model.load_state_dict(weights, strict=False)
    return model


def window(model, made):
    configuration = model.config
    types = made.type_ids if getattr(configuration, "type_vocab_size", 0) > 1 else [0] * len(made.ids)
    inputs = {"input_ids": torch.tensor([made.ids]), "attention_mask": torch.ones(1, len(made.ids), dtype=torch.long)}
    if configuration.model_type not in ("distilbert", "deberta-v2", "mpnet"):
        inputs["token_type_ids"] = torch.tensor([types])
    with torch.no_grad():
        output = model(**inputs)
    offsets = [list(pair) for pair, sequence in zip(made.offsets, made.sequence_ids) if sequence == 1]
    return {
        "ids": made.ids, "types": types, "offsets": offsets,
        "startLogits": output.start_logits[0].tolist(), "endLogits": output.end_logits[0].tolist()}


def write_torch_checkpoint(folder):
    """A whole directory: half precision in torch.save's zip form, with tensors that a question answerer has no use for."""
    folder.mkdir(exist_ok=True)
    configuration = B(num_hidden_layers=1, hidden_size=16, num_attention_heads=2, intermediate_size=32, max_position_embeddings=64,
                      vocab_size=len(WORDS), architectures=["BertForQuestionAnswering"])
    model = formula_model(configuration).half()
    (folder / "config.json").write_text(configuration.to_json_string(use_diff=True))
    write_directory(folder, texts(vocab__txt=VOCABULARY, special_tokens_map__json=SPECIAL))
    state = dict(model.state_dict())
    state["bert.embeddings.position_ids"] = torch.arange(64)[None]
    for name in ["bert.pooler.dense.weight", "fit_denses.0.weight", "cls.seq_relationship.weight"]:
        state[name] = torch.zeros(2, 16).half()
    torch.save(state, folder / "pytorch_model.bin")
    made = encoding(BT, folder)
    loaded = transformers.AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).eval()
    return window(loaded, made)


def main():
    output = pathlib.Path(sys.argv[1])
    kinds = []
    for name, (configuration, files, weights, tokenizer) in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            text = configuration.to_json_string(use_diff=True)
            write_directory(folder, files | {"config.json": text})
            made = encoding(tokenizer, folder)
        kinds.append({"name": name, "weights": weights, "config": text, "files": {
            key: value if isinstance(value, dict) else {"text": value} for key, value in files.items()},
            "window": window(formula_model(configuration), made)})
        print(name, len(made.ids), made.tokens)
    value = {
        "_source": "python Scripts/golden/checkpoint_kinds_golden.py Tests/QuestionAnsweringModuleTests/Fixtures",
        "question": QUESTION, "context": CONTEXT, "kinds": kinds,
        "torchCheckpoint": write_torch_checkpoint(output / "torch-checkpoint")}
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace('{"name":', '\n{"name":')
    (output / "checkpoint-kinds.json").write_text(text + "\n")
    print(len(text), "bytes")


main()
