"""Golden values of learning from a teacher, from PyTorch: losses and gradients of the joint loss with a teacher's.

    python Scripts/golden/teacher_golden.py Training/Tests/SkimTrainingModuleTests/Fixtures

Writes teacher.safetensors. For each case NAME of `CASES`, with the model and the windows of training_golden.py:
- NAME.loss.total, NAME.loss.teaching; the case itself in the metadata;
- NAME.gradient.WEIGHT of all weights.
- NAME.start.W and NAME.end.W, the teacher's logits of the tokens of window W, NaN where one is unlabelled; NAME.blocks.W.LAYER,
  relevance minus irrelevance. None for a window that it says nothing of.

Every window by itself, in double precision; the divergence is PyTorch's own `F.kl_div`.
"""

import json
import math
import sys

import safetensors.torch
import torch
import torch.nn.functional as F
import transformers

import fixed_weights
from training_golden import BASE, WINDOWS, Model

CASES = {
    # All tokens and all layers.
    "whole": BASE | dict(weight=0.6, temperature=2.0, unlabelled=False, teacher_layers=[1, 2, 3]),
    # Some tokens, not all windows, and a teacher with modules at two layers only.
    "partly": BASE
    | dict(region="diagonal", reduction="sum", weight=1.5, temperature=3.0, unlabelled=True, teacher_layers=[1, 2]),
    "sharp": BASE | dict(weight=1.0, temperature=1.0, unlabelled=False, teacher_layers=[2]),
}
# The window without a teacher, where there are unlabelled ones.
UNTAUGHT = 2


def token_logits(window, tokens, shift):
    """As the file has them, in 16 bits."""
    i = torch.arange(tokens, dtype=torch.float64)
    return (4 * torch.sin(0.7 * i + window + shift) + 0.1 * i).half().double()


def block_logits(window, layer, count):
    k = torch.arange(count, dtype=torch.float64)
    return (3 * torch.cos(1.3 * k + window + 0.5 * layer)).half().double()


def is_labelled(case, tokens):
    i = torch.arange(tokens)
    return (i % 3 != 1) if case["unlabelled"] else torch.ones(tokens, dtype=torch.bool)


def divergence(student, teacher, temperature):
    """T² KL(teacher ‖ student) over the last dimension."""
    return temperature**2 * F.kl_div(
        F.log_softmax(student / temperature, -1), F.softmax(teacher / temperature, -1), reduction="sum"
    )


class Taught(Model):
    """The model of training_golden.py, which also keeps what it says."""

    def teaching(self):
        case = self.case
        taught = [w for w in range(len(WINDOWS)) if not (case["unlabelled"] and w == UNTAUGHT)]
        spans, blocks, count = 0, 0, 0
        attentions = []
        for w, (tokens, prefix, *_) in enumerate(WINDOWS):
            ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(tokens, prefix))
            output = self.bert(input_ids=ids, token_type_ids=types, output_attentions=True)
            attentions.append([a[0] for a in output.attentions])
            if w not in taught:
                continue
            labelled = is_labelled(case, tokens)
            for logits, shift in [(output.start_logits[0], 0.0), (output.end_logits[0], 2.0)]:
                spans = spans + 0.5 / len(taught) * divergence(
                    logits[labelled], token_logits(w, tokens, shift)[labelled], case["temperature"]
                )
        for layer, classifier in enumerate(self.classifiers, 1):
            # Batch normalisation sees all windows.
            logits = classifier([a[layer - 1] for a in attentions], None, WINDOWS)
            theirs = layer if layer in case["teacher_layers"] else max(case["teacher_layers"])
            first, sum_of_layer, count = 0, 0, 0
            for w, (tokens, prefix, *_) in enumerate(WINDOWS):
                own = logits[first : first + len(classifier.blocks(tokens, prefix))]
                first += len(own)
                if w not in taught:
                    continue
                count += len(own)
                relevance = block_logits(w, theirs, len(own))
                teacher = torch.stack([torch.zeros_like(relevance), relevance], 1)
                sum_of_layer = sum_of_layer + divergence(own, teacher, case["temperature"])
            blocks = blocks + sum_of_layer / (count if case["reduction"] == "mean" else len(WINDOWS))
        return spans + case["alpha"] * blocks


if __name__ == "__main__":
    tensors = {}
    for name, case in CASES.items():
        model = Taught(case | dict(all_gradients=True))
        teaching = model.teaching()
        total = model.losses(WINDOWS)[0] + case["weight"] * teaching
        total.backward()
        tensors[f"{name}.loss.total"] = total
        tensors[f"{name}.loss.teaching"] = teaching
        for weight, value in model.names():
            tensors[f"{name}.gradient.{weight}"] = torch.zeros_like(value) if value.grad is None else value.grad
        print(name, total.item(), teaching.item())
        for w, (tokens, prefix, *_) in enumerate(WINDOWS):
            if case["unlabelled"] and w == UNTAUGHT:
                continue
            labelled = is_labelled(case, tokens)
            for part, shift in [("start", 0.0), ("end", 2.0)]:
                tensors[f"{name}.{part}.{w}"] = torch.where(labelled, token_logits(w, tokens, shift), math.nan)
            for layer in case["teacher_layers"]:
                count = len(model.classifiers[0].blocks(tokens, prefix))
                tensors[f"{name}.blocks.{w}.{layer}"] = block_logits(w, layer, count)
    safetensors.torch.save_file(
        {name: value.detach().float().contiguous() for name, value in tensors.items()},
        f"{sys.argv[1]}/teacher.safetensors",
        metadata=fixed_weights.metadata("teacher_golden.py", torch, transformers, safetensors)
        | {"cases": json.dumps(CASES)},
    )
