"""Golden values of the Block Skim Module and of the skimming encoder, from PyTorch.

    python Scripts/golden/bsm_golden.py Tests/BlockSkimModuleTests/Fixtures

Ran with torch 2.13.0+cpu, transformers 5.23.0, safetensors 0.8.0, numpy 2.4.6, Python 3.11. Writes
- bsm-logits.safetensors: for "REGION.LAYOUT.BLOCKSIZE.TOKENS.PREFIX" the block logits [blocks, 2] of a module with
  formula weights over formula attention, computed in double precision;
- skimmed.safetensors: for each case of `SKIM_CASES`, named by its index, the final hidden states of all tokens and,
  for each skim layer, the relevance of the blocks and which were kept; the case itself in the metadata.

This is written from the description of the method alone: it runs PyTorch's operations unfolded, and it never takes
tokens out of the encoder but masks their keys in Hugging Face's layers.
"""

import json
import math
import sys

import safetensors.torch
import torch
import torch.nn.functional as F
import transformers

import bert_golden
import fixed_weights

HEADS = 4


def pools(block):
    first = 2 if block >= 2 else 1
    second = 2 if block // first >= 2 else 1
    return first, second


def feature_count(region, block):
    first, second = pools(block)
    rows = block // first // second
    return 5 * HEADS * rows if region == "full" else HEADS * rows * rows


def bsm_weights(layer, region, block):
    shapes = fixed_weights.bsm_shapes(layer, HEADS, feature_count(region, block))
    prefix = f"block_skim.layers.{layer}."
    return {
        name.removeprefix(prefix): torch.from_numpy(value)
        for name, value in fixed_weights.weights(shapes).items()
    }


def trunk(maps, w, block):
    """[images, heads, side, side] -> [images, heads, cells, cells]"""

    def norm(x, bn):
        return F.batch_norm(
            x, w[bn + ".running_mean"], w[bn + ".running_var"], w[bn + ".weight"], w[bn + ".bias"], False, 0.1, 1e-5
        )

    first, second = pools(block)
    x = F.avg_pool2d(maps, first)
    x = F.relu(norm(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=1), "bn1"))
    x = F.avg_pool2d(x, second)
    x = F.relu(norm(F.conv2d(x, w["conv2.weight"], w["conv2.bias"], padding=1), "bn2"))
    return F.relu(F.conv2d(x, w["conv3.weight"], w["conv3.bias"]))


def first_block(layout, block, tokens, prefix):
    """The position where the first block that may be dropped starts."""
    return prefix if layout == "passage_aligned" else min(tokens, math.ceil(prefix / block) * block)


def bsm(attention, w, region, layout, block, prefix):
    """Block logits [blocks, 2] of one window's attention [heads, tokens, tokens]."""
    tokens = attention.shape[-1]
    start = first_block(layout, block, tokens, prefix)
    count = math.ceil((tokens - start) / block)
    if count == 0:
        return torch.zeros(0, 2)
    if region == "diagonal":
        padded = F.pad(attention * 8, (0, block, 0, block))
        squares = [padded[:, s : s + block, s : s + block] for s in range(start, start + count * block, block)]
        features = trunk(torch.stack(squares), w, block).flatten(1)
        return F.linear(features, w["linear.weight"], w["linear.bias"])

    cell = math.prod(pools(block))
    prefix_cells = math.ceil(prefix / cell)
    gap = prefix_cells * cell - prefix if layout == "passage_aligned" else 0
    side = math.ceil((tokens + gap) / cell) * cell
    index = torch.arange(tokens) + gap * (torch.arange(tokens) >= prefix)
    laid = torch.zeros(HEADS, side, side, dtype=attention.dtype)
    laid[:, index[:, None], index[None, :]] = attention * (tokens / 8)
    out = trunk(laid[None], w, block)[0]  # [heads, cells, cells]
    rows = block // cell
    # One row more than any block needs, so that cells beyond the map read 0.
    zeros = torch.zeros(HEADS, rows, dtype=attention.dtype)
    columns_prefix = out[:, :, :prefix_cells].mean(2) if prefix_cells else out[:, :, 0] * 0
    rows_prefix = out[:, :prefix_cells, :].mean(1) if prefix_cells else out[:, 0, :] * 0
    strips = [torch.cat([x, zeros], 1) for x in [columns_prefix, out.mean(2), rows_prefix, out.mean(1)]]
    logits = []
    for k in range(count):
        c = (start + gap) // cell + k * rows
        own = torch.cat([out[:, c : c + rows, c : c + rows].mean(2), zeros], 1)[:, :rows]
        f0, f2, f3, f4 = (s[:, c : c + rows] for s in strips)
        features = torch.stack([f0, own, f2, f3, f4]).flatten()  # (feature, channel, row)
        logits.append(F.linear(features, w["linear.weight"], w["linear.bias"]))
    return torch.stack(logits)


def state_logits(hidden, w, layout, block, prefix):
    """What hidden states [tokens, hidden] add to the block logits, [blocks, 2]."""
    p = F.relu(F.linear(hidden, w["state_projection.weight"], w["state_projection.bias"]))
    start = first_block(layout, block, len(p), prefix)
    rows = []
    for s in range(start, len(p), block):
        own = p[s : s + block]
        rows.append(torch.cat([own.amax(0), own.mean(0), p[start:].amax(0), p[:prefix].mean(0)]))
    return F.linear(torch.stack(rows), w["state_linear.weight"], w["state_linear.bias"])


def state_weights(layer, hidden, channels):
    prefix = f"block_skim.layers.{layer}."
    shapes = fixed_weights.state_shapes(layer, hidden, channels)
    return {
        name.removeprefix(prefix): torch.from_numpy(value)
        for name, value in fixed_weights.weights(shapes).items()
    }


def formula_attention(tokens):
    """Not a softmax, but of its size: numbers around 1 / tokens."""
    unit = torch.from_numpy(fixed_weights.units(f"attention.{tokens}", HEADS * tokens * tokens))
    return ((unit + 0.5) * torch.tensor(2 / tokens, dtype=torch.float32)).reshape(HEADS, tokens, tokens)


def logit_cases():
    for region in ["full", "diagonal"]:
        for layout in ["passage_aligned", "absolute"]:
            # Ends inside a block and inside a cell; on a block's border; a prefix of whole cells; one block that
            # is one token; nothing but prefix.
            for block in [64, 32, 16, 12, 8, 4, 2, 1] + ([3, 5, 6] if region == "diagonal" else []):
                windows = [(47, 9), (41, 9), (38, 8), (10, 9), (9, 9)]
                if block >= 12:
                    windows += [(80, 9), (73, 9), (97, 13)]
                for tokens, prefix in windows:
                    yield region, layout, block, tokens, prefix


def skim(bert, case):
    """The skimming encoder, by masking. Returns hidden states [tokens, hidden] and the decisions a layer."""
    ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(case["tokens"], case["prefix"]))
    hidden = bert.bert.embeddings(input_ids=ids, token_type_ids=types)
    alive = torch.ones(case["tokens"], dtype=torch.bool)
    result = hidden[0].clone()
    decisions = []
    for layer, module in enumerate(bert.bert.encoder.layer, start=1):
        mask = torch.where(alive, 0.0, torch.finfo(torch.float32).min)[None, None, None, :]
        captured = []
        hook = module.attention.self.register_forward_hook(lambda m, i, o: captured.append(o[1]))
        hidden = module(hidden, attention_mask=mask)
        hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        hook.remove()
        result[alive] = hidden[0][alive]
        if layer not in case["skim_layers"]:
            continue
        attention = captured[0][0][:, alive][:, :, alive]  # [heads, kept, kept]
        logits = bsm(
            attention, bsm_weights(layer - 1, case["region"], case["block"]), case["region"], case["layout"],
            case["block"], case["prefix"],
        )
        if case.get("states"):
            w = state_weights(layer - 1, hidden.shape[-1], case["states"])
            logits = logits + state_logits(hidden[0][alive], w, case["layout"], case["block"], case["prefix"])
        probability = logits.softmax(-1)
        kept = probability[:, 0] <= case["threshold"]
        order = sorted(range(len(kept)), key=lambda k: (-probability[k, 1].item(), k))
        for k in order[: case["minimum"]]:
            kept[k] = True
        decisions.append((layer, probability[:, 1], kept))
        if len(kept) and not kept.any():
            break
        positions = alive.nonzero()[:, 0]
        start = first_block(case["layout"], case["block"], len(positions), case["prefix"])
        for k, keep in enumerate(kept):
            if not keep:
                alive[positions[start + k * case["block"] : start + (k + 1) * case["block"]]] = False
    return result, decisions


SKIM_CASES = [
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1], minimum=1),
    dict(region="full", layout="passage_aligned", block=8, skim_layers=[2], minimum=1),
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=1),
    dict(region="full", layout="absolute", block=4, skim_layers=[1, 2], minimum=1),
    dict(region="diagonal", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=1),
    dict(region="diagonal", layout="absolute", block=8, skim_layers=[1], minimum=1),
    dict(region="full", layout="passage_aligned", block=1, skim_layers=[1], minimum=1),
    dict(region="diagonal", layout="passage_aligned", block=2, skim_layers=[2], minimum=1),
    # Nothing passes the threshold: the best three, the best one, none.
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=3, threshold=0.0),
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[2], minimum=1, threshold=0.0),
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=0, threshold=0.0),
    # Everything passes.
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=1, threshold=1.0),
    # The module pools hidden states, too.
    dict(region="full", layout="passage_aligned", block=4, skim_layers=[1, 2], minimum=1, states=6),
    dict(region="diagonal", layout="absolute", block=8, skim_layers=[1], minimum=1, states=5),
    dict(region="diagonal", layout="passage_aligned", block=8, skim_layers=[2], minimum=1, states=16),
]


def with_threshold(bert, case):
    """A threshold far from all probabilities, so that rounding cannot change what is kept, at which every skim
    layer keeps some blocks and drops some."""
    case = dict(tokens=43, prefix=9) | case
    if "threshold" in case:
        return case
    every = skim(bert, case | dict(threshold=1.0))[1]
    values = sorted(1 - v for _, relevance, _ in every for v in relevance.tolist())
    best = 0.0
    for low, high in zip(values, values[1:]):
        threshold = round((low + high) / 2, 6)
        decisions = skim(bert, case | dict(threshold=threshold))[1]
        margin = min((1 - relevance - threshold).abs().min().item() for _, relevance, _ in decisions)
        if margin > best and all(kept.any() and not kept.all() for _, _, kept in decisions):
            best, case["threshold"] = margin, threshold
    assert best > 1e-4, (case, best)
    return case


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    about = fixed_weights.metadata("bsm_golden.py", torch, transformers, safetensors)
    tensors = {}
    for region, layout, block, tokens, prefix in logit_cases():
        # In double precision: sums over hundreds of features that cancel say more about PyTorch's order of
        # summation than about the method.
        weights = {name: value.double() for name, value in bsm_weights(0, region, block).items()}
        logits = bsm(formula_attention(tokens).double(), weights, region, layout, block, prefix)
        tensors[f"{region}.{layout}.{block}.{tokens}.{prefix}"] = logits.float().contiguous()
    safetensors.torch.save_file(tensors, f"{sys.argv[1]}/bsm-logits.safetensors", metadata=about)
    flat = torch.cat([t.flatten() for t in tensors.values()])
    print(len(tensors), "cases of logits from", flat.min().item(), "to", flat.max().item(), "std", flat.std().item())

    bert = bert_golden.model("gelu")
    tensors, cases = {}, []
    for index, case in enumerate(SKIM_CASES):
        case = with_threshold(bert, case)
        hidden, decisions = skim(bert, case)
        tensors[f"{index}.hidden"] = hidden
        for layer, relevance, kept in decisions:
            tensors[f"{index}.relevance.{layer}"] = relevance.contiguous()
            tensors[f"{index}.kept.{layer}"] = kept.long()
            print(index, case, layer, [round(x, 4) for x in relevance.tolist()], kept.long().tolist())
        cases.append(case)
    safetensors.torch.save_file(
        tensors, f"{sys.argv[1]}/skimmed.safetensors", metadata=about | {"cases": json.dumps(cases)}
    )
