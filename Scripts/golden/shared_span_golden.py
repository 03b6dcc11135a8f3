"""Golden values of shared normalisation, from PyTorch: losses and gradients where a question's windows share a softmax.

    python Scripts/golden/shared_span_golden.py Training/Tests/SkimTrainingModuleTests/Fixtures

Writes shared_span.safetensors. For each case NAME of `CASES`, with the model of training_golden.py:
- NAME.loss.total, NAME.loss.answering; the case itself and the questions in the metadata;
- NAME.gradient.WEIGHT of all weights.

This is written from Clark and Gardner 2018, "Simple and Effective Multi-Paragraph Reading Comprehension": the logits of all
windows of a question one after the other, one softmax over them, minus the logarithm of what the right positions have of it.
Every window by itself, in double precision.
"""

import json
import sys

import safetensors.torch
import torch
import torch.nn.functional as F
import transformers

import fixed_weights
from training_golden import BASE, Model

# tokens, prefix, first and last token of the answer, and whether the window cuts it; None: not in this window
QUESTIONS = [
    # The same answer in two windows that overlap, and one window without it.
    [(47, 9, 20, 26, False), (30, 9, None, None, False), (38, 9, 12, 18, False)],
    # No answer.
    [(19, 6, None, None, False), (25, 6, None, None, False)],
    # One window has the answer, the other the first tokens of it.
    [(19, 8, 17, 17, True), (30, 8, 9, 11, False)],
    # Only cut.
    [(22, 7, 20, 21, True), (23, 7, None, None, False)],
]

CASES = {
    "mean": BASE | dict(smoothing=0.0),
    "sum": BASE | dict(region="diagonal", reduction="sum", smoothing=0.1),
}


def answering(model, smoothing):
    losses = []
    for windows in QUESTIONS:
        starts, ends, is_start, is_end = [], [], [], []
        hold = [first is not None and not cut for _, _, first, _, cut in windows]
        if not any(hold) and any(cut for *_, cut in windows):
            continue
        for (tokens, prefix, first, last, _), holds in zip(windows, hold):
            ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(tokens, prefix))
            output = model.bert(input_ids=ids, token_type_ids=types)
            starts.append(output.start_logits[0])
            ends.append(output.end_logits[0])
            for right, position in [(is_start, first), (is_end, last)]:
                mask = torch.zeros(tokens, dtype=torch.bool)
                if holds:
                    mask[position] = True
                elif not any(hold):
                    mask[0] = True
                right.append(mask)
        for logits, right in [(starts, is_start), (ends, is_end)]:
            logarithms = F.log_softmax(torch.cat(logits), 0)
            losses.append(
                -(1 - smoothing) * torch.log(logarithms[torch.cat(right)].exp().sum()) - smoothing * logarithms.mean()
            )
    return torch.stack(losses).mean()


if __name__ == "__main__":
    tensors = {}
    for name, case in CASES.items():
        model = Model(case)
        blocks = model.losses([window[:4] for windows in QUESTIONS for window in windows])[2]
        spans = answering(model, case["smoothing"])
        total = spans + case["alpha"] * blocks.sum()
        total.backward()
        tensors[f"{name}.loss.total"] = total
        tensors[f"{name}.loss.answering"] = spans
        for weight, value in model.names():
            tensors[f"{name}.gradient.{weight}"] = torch.zeros_like(value) if value.grad is None else value.grad
        print(name, total.item(), spans.item())
    safetensors.torch.save_file(
        {name: value.detach().float().contiguous() for name, value in tensors.items()},
        f"{sys.argv[1]}/shared_span.safetensors",
        metadata=fixed_weights.metadata("shared_span_golden.py", torch, transformers, safetensors)
        | {"cases": json.dumps(CASES), "questions": json.dumps(QUESTIONS)},
    )
