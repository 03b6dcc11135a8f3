"""Golden values of a real checkpoint over real windows.

    python Scripts/golden/real_windows_golden.py MODEL DATASET Tests/BlockSkimModuleTests/Fixtures

MODEL is a checkpoint directory with block-skim weights (here interim-minilm-squad), DATASET SQuAD JSON (here
squad/dev-a.json). Ran with torch 2.13.0+cpu, transformers 5.23.0, safetensors 0.8.0, numpy 2.4.6, Python 3.11.
Writes real-windows.safetensors: for a short and a full window the ids, the token types, the prefix length, the span
logits of the dense and the skimmed encoder, and the block logits of every layer of the dense one. Skimming is by
masking, after layer SKIM_LAYER with threshold THRESHOLD.
"""

import json
import sys

import safetensors
import safetensors.torch
import tokenizers
import torch
import transformers

import bsm_golden
import fixed_weights

BLOCK, SKIM_LAYER, THRESHOLD = 32, 3, 0.6


def windows(model, dataset):
    """A short window and one of 384 tokens: ids [tokens], prefix length."""
    tokenizer = tokenizers.Tokenizer.from_file(f"{model}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    paragraphs = [p for article in json.load(open(dataset))["data"] for p in article["paragraphs"]]
    found = {}
    for paragraph in paragraphs:
        encoding = tokenizer.encode(paragraph["qas"][0]["question"], paragraph["context"])
        ids, prefix = encoding.ids, encoding.type_ids.index(1)
        if len(ids) <= 60 and "short" not in found:
            found["short"] = ids, prefix
        if len(ids) >= 384 and "full" not in found:
            found["full"] = ids[:383] + ids[-1:], prefix
    return found


def load(model):
    config = transformers.AutoConfig.from_pretrained(model)
    config._attn_implementation = "eager"
    bert = transformers.BertForQuestionAnswering.from_pretrained(model, config=config, dtype=torch.float32).eval()
    skim = {}
    with safetensors.safe_open(f"{model}/model.safetensors", "pt") as file:
        for name in file.keys():
            if name.startswith("block_skim.layers."):
                _, _, layer, key = name.split(".", 3)
                skim.setdefault(int(layer), {})[key] = file.get_tensor(name).float()
    return bert, skim


def run(bert, skim, ids, prefix, skimming):
    """Span logits [tokens, 2] and block logits of every layer."""
    tokens = len(ids)
    ids = torch.tensor(ids)[None]
    types = (torch.arange(tokens) >= prefix).long()[None]
    hidden = bert.bert.embeddings(input_ids=ids, token_type_ids=types)
    alive = torch.ones(tokens, dtype=torch.bool)
    result, logits = hidden[0].clone(), []
    for layer, module in enumerate(bert.bert.encoder.layer, start=1):
        mask = torch.where(alive, 0.0, torch.finfo(torch.float32).min)[None, None, None, :]
        captured = []
        hook = module.attention.self.register_forward_hook(lambda m, i, o: captured.append(o[1]))
        hidden = module(hidden, attention_mask=mask)
        hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        hook.remove()
        result[alive] = hidden[0][alive]
        attention = captured[0][0]
        if not skimming or layer == SKIM_LAYER:
            logits.append(bsm_golden.bsm(attention, skim[layer - 1], "full", "passage_aligned", BLOCK, prefix))
        if skimming and layer == SKIM_LAYER:
            relevant = logits[0].softmax(-1)[:, 0] <= THRESHOLD
            print(tokens, "tokens, P(irrelevant):", logits[0].softmax(-1)[:, 0].tolist())
            assert relevant.any() and not relevant.all()
            for k, keep in enumerate(relevant):
                start = prefix + k * BLOCK
                alive[start : start + BLOCK] &= bool(keep)
    return bert.qa_outputs(result), logits


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    model, dataset, output = sys.argv[1:]
    bert, skim = load(model)
    bsm_golden.HEADS = bert.config.num_attention_heads
    tensors = {}
    for name, (ids, prefix) in windows(model, dataset).items():
        tensors[f"{name}.ids"] = torch.tensor(ids)
        tensors[f"{name}.prefix"] = torch.tensor([prefix])
        spans, logits = run(bert, skim, ids, prefix, skimming=False)
        tensors[f"{name}.dense"] = spans.contiguous()
        for layer, values in enumerate(logits, start=1):
            tensors[f"{name}.blocks.{layer}"] = values.contiguous()
        tensors[f"{name}.skimmed"] = run(bert, skim, ids, prefix, skimming=True)[0].contiguous()
    about = fixed_weights.metadata("real_windows_golden.py", torch, transformers, safetensors)
    about |= {
        "command": "python Scripts/golden/real_windows_golden.py MODEL DATASET OUTPUT",
        "skim_layer": str(SKIM_LAYER),
        "threshold": str(THRESHOLD),
    }
    safetensors.torch.save_file(tensors, f"{output}/real-windows.safetensors", metadata=about)
    for name, value in tensors.items():
        print(name, tuple(value.shape), value.min().item(), value.max().item())
