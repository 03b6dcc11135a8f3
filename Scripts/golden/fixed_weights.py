"""Formula weights: models whose every weight is computed from its name, so that no binaries are needed.

The same formula is in Tests/TestSupport/FormulaWeights.swift; the results are equal bit for bit.
"""

import numpy as np


def units(name, count):
    """`count` float32 numbers from -0.5 to below 0.5 that look random: a hash of the name and the index."""
    seed = 2166136261  # FNV-1a, 32 bits
    for byte in name.encode("utf-8"):
        seed = ((seed ^ byte) * 16777619) % 2**32
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed) % 2**32
    x = x.astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) / np.float32(2**24) - np.float32(0.5)


# (part of the name, base, factor): weight = base + factor * unit. The first match holds. The factors make
# attention peaked, activations of order one and block logits spread.
RULES = [
    ("running_mean", 0.0, 0.5),
    ("LayerNorm.weight", 1.0, 0.2),
    ("layer_norm.weight", 1.0, 0.2),
    ("bn1.weight", 1.0, 0.2),
    ("bn2.weight", 1.0, 0.2),
    ("embeddings_project", 0.0, 0.6),
    ("embeddings", 0.0, 2.0),
    (".bias", 0.0, 0.2),
    ("query", 0.0, 1.0),
    ("key", 0.0, 1.0),
    ("q_lin", 0.0, 1.0),
    ("k_lin", 0.0, 1.0),
    ("attn.q", 0.0, 1.0),
    ("attn.k", 0.0, 1.0),
    ("relative_attention_bias", 0.0, 2.0),
    ("conv", 0.0, 3.0),
    ("linear", 0.0, 3.0),
    ("qa_outputs", 0.0, 1.0),
    ("", 0.0, 0.6),
]


def tensor(name, *shape):
    """The weight of a name, float32, [*shape]."""
    unit = units(name, int(np.prod(shape)))
    if "running_var" in name:
        values = np.float32(1) + np.abs(unit)
    else:
        base, factor = next((b, f) for part, b, f in RULES if part in name)
        values = np.float32(base) + np.float32(factor) * unit
    return values.astype(np.float32).reshape(shape)


def bert_shapes(config):
    """Name and shape of every weight of a BERT with a question-answering head."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = {
        "bert.embeddings.word_embeddings.weight": (config["vocab_size"], hidden),
        "bert.embeddings.position_embeddings.weight": (config["max_position_embeddings"], hidden),
        "bert.embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
        "bert.embeddings.LayerNorm.weight": (hidden,),
        "bert.embeddings.LayerNorm.bias": (hidden,),
        "qa_outputs.weight": (2, hidden),
        "qa_outputs.bias": (2,),
    }
    for layer in range(config["num_hidden_layers"]):
        name = f"bert.encoder.layer.{layer}."
        for part, outputs, inputs in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", inner, hidden),
            ("output.dense", hidden, inner),
        ]:
            shapes[name + part + ".weight"] = (outputs, inputs)
            shapes[name + part + ".bias"] = (outputs,)
        for part in ["attention.output.LayerNorm", "output.LayerNorm"]:
            shapes[name + part + ".weight"] = (hidden,)
            shapes[name + part + ".bias"] = (hidden,)
    return shapes


def bsm_shapes(layer, heads, features):
    """Name and shape of every weight of the Block Skim Module of a layer, counted from 0."""
    name = f"block_skim.layers.{layer}."
    shapes = {}
    for conv, side in [("conv1", 3), ("conv2", 3), ("conv3", 1)]:
        shapes[name + conv + ".weight"] = (heads, heads, side, side)
        shapes[name + conv + ".bias"] = (heads,)
    for norm in ["bn1", "bn2"]:
        for part in ["weight", "bias", "running_mean", "running_var"]:
            shapes[f"{name}{norm}.{part}"] = (heads,)
    shapes[name + "linear.weight"] = (2, features)
    shapes[name + "linear.bias"] = (2,)
    return shapes


def state_shapes(layer, hidden, channels):
    """Name and shape of every weight with which the module of a layer, counted from 0, pools hidden states."""
    name = f"block_skim.layers.{layer}.state_"
    return {
        name + "projection.weight": (channels, hidden),
        name + "projection.bias": (channels,),
        name + "linear.weight": (2, 4 * channels),
        name + "linear.bias": (2,),
    }


def weights(shapes):
    return {name: tensor(name, *shape) for name, shape in shapes.items()}


# The encoder of all golden files; "hidden_act" is added.
TINY = {
    "model_type": "bert",
    "num_hidden_layers": 3,
    "hidden_size": 32,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "vocab_size": 100,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "position_embedding_type": "absolute",
}


def window(tokens, prefix):
    """Token ids and types of a made-up window: [CLS] question [SEP] passage [SEP]."""
    unit = units(f"window.{tokens}.{prefix}", tokens)
    ids = (3 + (unit + np.float32(0.5)) * np.float32(97)).astype(np.int64).clip(3, 99)
    ids[0], ids[prefix - 1], ids[-1] = 1, 2, 2
    types = (np.arange(tokens) >= prefix).astype(np.int64)
    return ids, types


def metadata(script, *modules):
    """What golden files say about how they were made."""
    import platform

    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in modules)
    return {
        "command": f"python Scripts/golden/{script} OUTPUT",
        "versions": f"python {platform.python_version()}, numpy {np.__version__}, {versions}",
    }
