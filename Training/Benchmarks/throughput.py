"""Compares the tokens a second of our training step with PyTorch's eager BERT on the same batch, length and precision.

    .venv-train/bin/pip install transformers
    .venv-train/bin/python Training/Benchmarks/throughput.py --model CHECKPOINT --program Training/.build/release/blockskim-train

Three programs take turns: transformers' BertForQuestionAnswering in training mode with output_attentions and eager
attention, AdamW and clipping, without any block classifier; our step without classifiers; our step with a Block Skim
Module at every layer. Prints the medians of all measured steps and the ratios to PyTorch's.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time


def peer(arguments):
    import torch
    import transformers

    torch.set_num_threads(arguments.threads)
    config = transformers.BertConfig.from_pretrained(arguments.model)
    config._attn_implementation = "eager"
    model = transformers.BertForQuestionAnswering.from_pretrained(
        arguments.model, config=config, dtype=torch.float32)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.01)
    batch, length = arguments.batch, arguments.length
    ids = torch.tensor([[(t * 7919 + w * 31) % config.vocab_size for t in range(length)] for w in range(batch)])
    types = (torch.arange(length) >= 16).long().expand(batch, length)
    mask = torch.ones_like(ids)
    starts = torch.full((batch,), length // 2)
    speeds = []
    for run in range(arguments.runs + 2):
        begin = time.perf_counter()
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.precision == "bf16"):
            output = model(
                input_ids=ids, token_type_ids=types, attention_mask=mask, start_positions=starts,
                end_positions=starts + 3, output_attentions=True,
            )
        output.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if run >= 2:
            speeds.append(batch * length / (time.perf_counter() - begin))
    print(json.dumps({"tokensPerSecond": speeds, "torch": torch.__version__, "transformers": transformers.__version__}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--program")
    parser.add_argument("--length", type=int, default=160)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", default="f32", choices=["f32", "bf16"])
    parser.add_argument("--runs", type=int, default=3, help="measured steps a turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return peer(arguments)
    numbers = ["--length", str(arguments.length), "--threads", str(arguments.threads), "--runs", str(arguments.runs)]
    numbers += ["--model", arguments.model, "--precision", arguments.precision]
    ours = [arguments.program, "benchmark", "--batch-size", str(arguments.batch)] + numbers
    commands = {
        "PyTorch eager, no classifiers": [sys.executable, __file__, "--peer", "--batch", str(arguments.batch)] + numbers,
        "ours, no classifiers": ours + ["--classifier", "none"],
        "ours, module at every layer": ours,
    }
    speeds = {name: [] for name in commands}
    for _ in range(arguments.turns):
        for name, command in commands.items():
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            speeds[name] += json.loads(output.splitlines()[-1])["tokensPerSecond"]
    base = statistics.median(speeds["PyTorch eager, no classifiers"])
    print(f"{arguments.batch} windows of {arguments.length} tokens, {arguments.precision}, {arguments.threads} threads")
    for name, values in speeds.items():
        median = statistics.median(values)
        print(f"{name:32} {median:8.0f} tokens/s  {median / base:5.2f}  ({min(values):.0f} to {max(values):.0f})")


if __name__ == "__main__":
    main()
