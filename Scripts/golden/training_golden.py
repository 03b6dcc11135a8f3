"""Golden values of training, from PyTorch: losses, gradients and ten steps of the joint loss.

    python Scripts/golden/training_golden.py Training/Tests/SkimTrainingModuleTests/Fixtures

Writes training.safetensors. For each case NAME of `CASES`, with formula weights and no dropout:
- NAME.loss.total, NAME.loss.answering, NAME.loss.blocks [layers]; the case itself in the metadata;
- NAME.gradient.WEIGHT of all weights, or of the block classifiers' where the case says so;
- NAME.running.WEIGHT: the running statistics after the forward pass;
- for the case "steps": NAME.losses [10] and NAME.weight.WEIGHT after ten steps of AdamW.

This is written from the description of the method alone. Every window goes through Hugging Face's BERT by itself, without
padding; batch normalisation sees the rows of all windows one after the other. All in double precision.
"""

import json
import math
import sys

import safetensors.torch
import torch
import torch.nn.functional as F
import transformers

import bert_golden
import bsm_golden
import families_golden
import fixed_weights

HEADS = bsm_golden.HEADS
LAYERS = fixed_weights.TINY["num_hidden_layers"]

# tokens, prefix, first and last answer token; None: not in this window
WINDOWS = [(47, 9, 20, 26), (38, 8, 37 - 1, 37 - 1), (30, 6, None, None), (19, 9, 9, 11)]


class Classifier(torch.nn.Module):
    """The Block Skim Module of one layer, or the hand-crafted features of Eq. 2 with a linear layer."""

    def __init__(self, layer, case):
        super().__init__()
        self.case = case
        region, block = case["region"], case["block"]
        self.pools = bsm_golden.pools(block)
        features = 6 * HEADS if case["classifier"] == "hand-crafted" else bsm_golden.feature_count(region, block)
        self.linear = torch.nn.Linear(features, 2)
        if case.get("states"):
            self.state_projection = torch.nn.Linear(fixed_weights.TINY["hidden_size"], case["states"])
            self.state_linear = torch.nn.Linear(4 * case["states"], 2)
        if case["classifier"] == "module":
            self.conv1 = torch.nn.Conv2d(HEADS, HEADS, 3, padding=1)
            self.conv2 = torch.nn.Conv2d(HEADS, HEADS, 3, padding=1)
            self.conv3 = torch.nn.Conv2d(HEADS, HEADS, 1)
            self.bn1 = torch.nn.BatchNorm1d(HEADS)
            self.bn2 = torch.nn.BatchNorm1d(HEADS)
        name = f"block_skim.layers.{layer}."
        state = {
            key: torch.from_numpy(fixed_weights.tensor(name + key, *value.shape))
            for key, value in self.state_dict().items()
            if "num_batches" not in key
        }
        self.load_state_dict(state, strict=False)

    def norm(self, maps, lengths, bn):
        """Batch normalisation over the first rows and columns of each map [heads, side, side]."""
        inside = [m[:, :n, :n].flatten(1) for m, n in zip(maps, lengths)]
        values = torch.cat(inside, 1)  # [heads, elements]
        mean, var = values.mean(1), values.var(1, unbiased=False)
        with torch.no_grad():
            bn.running_mean.mul_(0.9).add_(0.1 * mean)
            bn.running_var.mul_(0.9).add_(0.1 * values.var(1, unbiased=True))
        scale = bn.weight / torch.sqrt(var + 1e-5)
        return [F.relu((m - mean[:, None, None]) * scale[:, None, None] + bn.bias[:, None, None]) for m in maps]

    def trunk(self, maps, tokens):
        """maps: [heads, side, side] each; tokens: how many rows of each count in the statistics."""
        first, second = self.pools
        lengths = [min(math.ceil(n / first), m.shape[1] // first) for m, n in zip(maps, tokens)]
        maps = [self.conv1(F.avg_pool2d(m[None], first))[0] for m in maps]
        maps = [F.avg_pool2d(m[None], second)[0] for m in self.norm(maps, lengths, self.bn1)]
        lengths = [min(math.ceil(n / first / second), m.shape[1]) for m, n in zip(maps, tokens)]
        maps = self.norm([self.conv2(m[None])[0] for m in maps], lengths, self.bn2)
        return [F.relu(self.conv3(m[None])[0]) for m in maps]

    def blocks(self, tokens, prefix):
        block = self.case["block"]
        start = bsm_golden.first_block(self.case["layout"], block, tokens, prefix)
        return [(s, min(s + block, tokens)) for s in range(start, tokens, block)]

    def forward(self, attentions, states, windows):
        """[heads, tokens, tokens] and [tokens, hidden] of each window -> logits [blocks of all windows, 2]"""
        logits = self.seen(attentions, windows)
        if not self.case.get("states"):
            return logits
        features = []
        for h, (tokens, prefix, *_) in zip(states, windows):
            p = F.relu(self.state_projection(h))
            blocks = self.blocks(tokens, prefix)
            for s, e in blocks:
                own, passage = p[s:e], p[blocks[0][0] :]
                features.append(torch.cat([own.amax(0), own.mean(0), passage.amax(0), p[:prefix].mean(0)]))
        return logits + self.state_linear(torch.stack(features))

    def seen(self, attentions, windows):
        """The logits of attention alone."""
        block = self.case["block"]
        if self.case["classifier"] == "hand-crafted":
            features = []
            for a, (tokens, prefix, *_) in zip(attentions, windows):
                targets = [list(range(1, prefix - 1)), [0], [prefix - 1, tokens - 1]]
                for s, e in self.blocks(tokens, prefix):
                    out = [a[:, s:e][:, :, t].sum(2).mean(1) for t in targets]
                    back = [a[:, t][:, :, s:e].sum(2).mean(1) for t in targets]
                    features.append(torch.cat(out + back))
            return self.linear(torch.stack(features))
        if self.case["region"] == "diagonal":
            squares, sizes = [], []
            for a, (tokens, prefix, *_) in zip(attentions, windows):
                for s, e in self.blocks(tokens, prefix):
                    pad = block - (e - s)
                    squares.append(F.pad(8 * a[:, s:e, s:e], (0, pad, 0, pad)))
                    sizes.append(e - s)
            return self.linear(torch.stack(self.trunk(squares, sizes)).flatten(1))

        cell = math.prod(self.pools)
        maps, gaps = [], []
        for a, (tokens, prefix, *_) in zip(attentions, windows):
            gap = -prefix % cell if self.case["layout"] == "passage_aligned" else 0
            a = torch.cat([a[:, :prefix], a.new_zeros(HEADS, gap, tokens), a[:, prefix:]], 1)
            a = torch.cat([a[:, :, :prefix], a.new_zeros(HEADS, tokens + gap, gap), a[:, :, prefix:]], 2)
            pad = -(tokens + gap) % cell
            maps.append(F.pad(a * (tokens / 8), (0, pad, 0, pad)))
            gaps.append(gap)
        maps = self.trunk(maps, [m.shape[1] for m in maps])
        features = []
        for m, gap, (tokens, prefix, *_) in zip(maps, gaps, windows):
            cells_of_prefix = math.ceil(prefix / cell)
            for s, _ in self.blocks(tokens, prefix):
                first = (s + gap) // cell
                cells = range(first, min(first + block // cell, m.shape[1]))
                rows = []
                for c in cells:
                    rows.append(
                        torch.stack(
                            [
                                m[:, c, :cells_of_prefix].mean(1),
                                m[:, c, cells.start : cells.stop].mean(1),
                                m[:, c].mean(1),
                                m[:, :cells_of_prefix, c].mean(1),
                                m[:, :, c].mean(1),
                            ]
                        )
                    )
                while len(rows) < block // cell:
                    rows.append(m.new_zeros(5, HEADS))
                features.append(torch.stack(rows, 2).flatten())  # (feature, channel, row)
        return self.linear(torch.stack(features))


class Model(torch.nn.Module):
    def __init__(self, case):
        super().__init__()
        self.case = case
        self.bert = families_golden.model(case["family"]) if "family" in case else bert_golden.model("gelu")
        self.bert.requires_grad_(True)
        self.classifiers = torch.nn.ModuleList(Classifier(layer, case) for layer in range(LAYERS))
        self.double()

    def names(self):
        for name, value in self.bert.named_parameters():
            yield name, value
        for layer, classifier in enumerate(self.classifiers):
            for name, value in classifier.named_parameters():
                yield f"block_skim.layers.{layer}.{name}", value

    def losses(self, windows):
        case = self.case
        attentions, states, answering = [], [], 0
        for tokens, prefix, first, last in windows:
            ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(tokens, prefix))
            types = families_golden.token_types(case.get("family", "bert"), types)
            output = self.bert(input_ids=ids, **types, output_attentions=True, output_hidden_states=True)
            attentions.append([a[0] for a in output.attentions])
            states.append([h[0] for h in output.hidden_states[1:]])
            targets = torch.tensor([first or 0]), torch.tensor([last or 0])
            answering = answering + (
                F.cross_entropy(output.start_logits, targets[0]) + F.cross_entropy(output.end_logits, targets[1])
            ) / (2 * len(windows))
        blocks = []
        for layer, classifier in enumerate(self.classifiers):
            logits = classifier([a[layer] for a in attentions], [h[layer] for h in states], windows)
            labels = [
                int(first is not None and s <= last and first < e)
                for tokens, prefix, first, last in windows
                for s, e in classifier.blocks(tokens, prefix)
            ]
            labels = torch.tensor(labels)
            weights = torch.tensor([1.0, case["beta"]], dtype=torch.float64)
            if case["reduction"] == "mean":
                blocks.append(F.cross_entropy(logits, labels, weight=weights))
            else:
                blocks.append(F.cross_entropy(logits, labels, weight=weights, reduction="sum") / len(windows))
        blocks = torch.stack(blocks)
        return answering + case["alpha"] * blocks.sum(), answering, blocks


BASE = dict(
    classifier="module", region="full", layout="passage_aligned", block=8, reduction="mean", alpha=0.7, beta=4.0,
    all_gradients=False,
)
CASES = {
    "full": BASE | dict(all_gradients=True),
    "absolute": BASE | dict(layout="absolute", block=4, reduction="sum", alpha=0.1),
    "diagonal": BASE | dict(region="diagonal", all_gradients=True),
    "diagonal-absolute": BASE | dict(region="diagonal", layout="absolute", block=12, reduction="sum", alpha=0.1),
    "block-1": BASE | dict(block=1),
    "block-2": BASE | dict(block=2),
    "block-3": BASE | dict(block=3, region="diagonal"),
    "block-32": BASE | dict(block=32, layout="absolute"),
    "hand-crafted": BASE | dict(classifier="hand-crafted"),
    "states": BASE | dict(states=6, all_gradients=True),
    "roberta": BASE | dict(family="roberta", all_gradients=True),
    "albert": BASE | dict(family="albert", all_gradients=True, alpha=0.05),
    "distilbert": BASE | dict(family="distilbert", all_gradients=True),
    "deberta-v2": BASE | dict(family="deberta-v2", all_gradients=True),
    "mpnet": BASE | dict(family="mpnet", all_gradients=True),
    "electra": BASE | dict(family="electra", all_gradients=True),
    "diagonal-states": BASE | dict(region="diagonal", layout="absolute", block=4, states=5),
}

STEPS, RATE, WARMUP, DECAY, CLIP = 10, 1e-3, 2, 0.01, 1.0


def ten_steps(case):
    model = Model(case)
    named = list(model.names())
    plain = [v for n, v in named if n.endswith(".bias") or "LayerNorm" in n or ".bn" in n]
    decayed = [v for n, v in named if all(v is not p for p in plain)]
    optimizer = torch.optim.AdamW(
        [dict(params=decayed, weight_decay=DECAY), dict(params=plain, weight_decay=0.0)], lr=RATE
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: s / WARMUP if s < WARMUP else (STEPS - s) / (STEPS - WARMUP)
    )
    losses = []
    for step in range(STEPS):
        windows = [WINDOWS[(step + i) % len(WINDOWS)] for i in range(3)]
        optimizer.zero_grad()
        loss = model.losses(windows)[0]
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for _, v in named], CLIP)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return model, losses


if __name__ == "__main__":
    tensors = {}
    for name, case in CASES.items():
        model = Model(case)
        total, answering, blocks = model.losses(WINDOWS)
        total.backward()
        tensors[f"{name}.loss.total"] = total.detach()
        tensors[f"{name}.loss.answering"] = answering.detach()
        tensors[f"{name}.loss.blocks"] = blocks.detach()
        for weight, value in model.names():
            if case["all_gradients"] or weight.startswith("block_skim."):
                tensors[f"{name}.gradient.{weight}"] = torch.zeros_like(value) if value.grad is None else value.grad
        for layer, classifier in enumerate(model.classifiers):
            for key, value in classifier.named_buffers():
                if "running" in key:
                    tensors[f"{name}.running.block_skim.layers.{layer}.{key}"] = value
        print(name, total.item(), answering.item(), blocks.tolist())
    model, losses = ten_steps(CASES["full"])
    print("steps", losses)
    tensors["steps.losses"] = torch.tensor(losses)
    for weight, value in model.names():
        tensors[f"steps.weight.{weight}"] = value.detach()
    safetensors.torch.save_file(
        {name: value.detach().float().contiguous() for name, value in tensors.items()},
        f"{sys.argv[1]}/training.safetensors",
        metadata=fixed_weights.metadata("training_golden.py", torch, transformers, safetensors)
        | {"cases": json.dumps(CASES), "windows": json.dumps(WINDOWS)},
    )
