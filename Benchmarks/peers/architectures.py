"""The encoders that are compared, with random weights: speed does not depend on their values."""

ARCHITECTURES = {
    # name: layers, hidden, heads, intermediate
    "bert-base": (12, 768, 12, 3072),
    "bert-large": (24, 1024, 16, 4096),
    "minilm-l6": (6, 384, 12, 1536),
}


def linear_gflop(architecture, length):
    """Floating-point operations of the matrix products of one forward pass, in 10^9."""
    layers, hidden, _, intermediate = ARCHITECTURES[architecture]
    products = length * hidden * (4 * hidden + 2 * intermediate) + 2 * length * length * hidden
    return 2 * layers * products / 1e9


def build_model(architecture):
    """The same question-answering model in every process, in evaluation mode."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    layers, hidden, heads, intermediate = ARCHITECTURES[architecture]
    config = BertConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, intermediate_size=intermediate,
        attn_implementation="sdpa")
    torch.manual_seed(42)
    return BertForQuestionAnswering(config).eval()


def build_inputs(length):
    """Token ids and token types of one full window with a question of 14 tokens, as int64 arrays [1, length]."""
    import numpy as np

    ids = np.random.default_rng(42).integers(1000, 30000, (1, length), dtype=np.int64)
    token_types = np.zeros((1, length), dtype=np.int64)
    token_types[:, 16:] = 1
    ids[:, 0], ids[:, 15], ids[:, -1] = 101, 102, 102
    return ids, token_types
