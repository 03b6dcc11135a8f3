"""The encoders that are compared, with random weights: speed does not depend on their values."""

ARCHITECTURES = {
    # name: layers, hidden, heads, intermediate
    "bert-base": (12, 768, 12, 3072),
    "bert-large": (24, 1024, 16, 4096),
    "roberta-base": (12, 768, 12, 3072),
    "roberta-large": (24, 1024, 16, 4096),
    "albert-base": (12, 768, 12, 3072),
    "albert-large": (24, 1024, 16, 4096),
    "distilbert-base": (6, 768, 12, 3072),
    "mpnet-base": (12, 768, 12, 3072),
    "deberta-v3-base": (12, 768, 12, 3072),
    "xlm-roberta-base": (12, 768, 12, 3072),
    "xlm-roberta-large": (24, 1024, 16, 4096),
    "camembert-base": (12, 768, 12, 3072),
    "electra-small": (12, 256, 4, 1024),
    "electra-base": (12, 768, 12, 3072),
    "electra-large": (24, 1024, 16, 4096),
    "minilm-l6": (6, 384, 12, 1536),
}


def linear_gflop(architecture, length):
    """Floating-point operations of the matrix products of one forward pass, in 10^9."""
    layers, hidden, _, intermediate = ARCHITECTURES[architecture]
    products = length * hidden * (4 * hidden + 2 * intermediate) + 2 * length * length * hidden
    return 2 * layers * products / 1e9


def family_of(architecture):
    """The family of an architecture's name, which ends in its size."""
    return architecture.rsplit("-", 1)[0]


def build_model(architecture):
    """The same question-answering model in every process, in evaluation mode; takes the arrays of build_inputs.

    `architecture` may also be a checkpoint directory.
    """
    import torch
    import transformers

    if architecture not in ARCHITECTURES:
        return transformers.AutoModelForQuestionAnswering.from_pretrained(
            architecture, dtype=torch.float32, attn_implementation="sdpa").eval()
    layers, hidden, heads, intermediate = ARCHITECTURES[architecture]
    family = family_of(architecture)
    sizes = {"num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads,
             "intermediate_size": intermediate, "attn_implementation": "sdpa"}
    torch.manual_seed(42)
    if family == "roberta":
        model = transformers.RobertaForQuestionAnswering(transformers.RobertaConfig(
            **sizes, vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5))
    elif family == "xlm-roberta":
        model = transformers.XLMRobertaForQuestionAnswering(transformers.XLMRobertaConfig(
            **sizes, vocab_size=250002, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5))
    elif family == "camembert":
        model = transformers.CamembertForQuestionAnswering(transformers.CamembertConfig(
            **sizes, vocab_size=32005, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5))
    elif family == "electra":
        model = transformers.ElectraForQuestionAnswering(transformers.ElectraConfig(
            **sizes, embedding_size=128 if architecture == "electra-small" else hidden))
    elif family == "albert":
        model = transformers.AlbertForQuestionAnswering(transformers.AlbertConfig(
            **sizes, embedding_size=128, hidden_act="gelu_new"))
    elif family == "distilbert":
        model = transformers.DistilBertForQuestionAnswering(transformers.DistilBertConfig(
            n_layers=layers, dim=hidden, n_heads=heads, hidden_dim=intermediate, attn_implementation="sdpa"))
    elif family == "deberta-v3":
        # Nor has that of DeBERTa.
        del sizes["attn_implementation"]
        model = transformers.DebertaV2ForQuestionAnswering(transformers.DebertaV2Config(
            **sizes, vocab_size=128100, relative_attention=True, position_biased_input=False, share_att_key=True,
            pos_att_type=["p2c", "c2p"], norm_rel_ebd="layer_norm", position_buckets=256))
    elif family == "mpnet":
        # Attention of MPNet has no variant but its own.
        del sizes["attn_implementation"]
        model = transformers.MPNetForQuestionAnswering(transformers.MPNetConfig(
            **sizes, vocab_size=30527, max_position_embeddings=514, layer_norm_eps=1e-5))
    else:
        model = transformers.BertForQuestionAnswering(transformers.BertConfig(**sizes))
    return model.eval()


def build_inputs(architecture, length, seed=42):
    """What the model takes of one full window with a question of 14 tokens, as int64 arrays [1, length] by name."""
    import numpy as np

    family = family_of(architecture)
    ids = np.random.default_rng(seed).integers(1000, 30000, (1, length), dtype=np.int64)
    ids[:, 0], ids[:, 15], ids[:, -1] = 101, 102, 102
    if family in ("distilbert", "mpnet", "deberta-v3"):
        return {"input_ids": ids}
    token_types = np.zeros((1, length), dtype=np.int64)
    if family not in ("roberta", "xlm-roberta", "camembert"):
        token_types[:, 16:] = 1
    return {"input_ids": ids, "token_type_ids": token_types}
