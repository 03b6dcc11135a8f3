"""Answers a SQuAD file with Hugging Face transformers and PyTorch: the independent predictions that our dense accuracy is
compared with.

    python huggingface_predictions.py --model DIR --dataset dev.json --output predictions.json
    blockskim evaluate dev.json --predictions predictions.json

Windows, candidates and order are those of Hugging Face's `run_qa.py` (20 best starts and ends of every window,
at most 30 tokens, no answer is not an option). Needs torch and transformers; written with 2.13.0 and 5.23.0.
"""

import argparse
import json
import sys
import time

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer


def best_span(start_logits, end_logits, offsets, context_positions, n_best, maximum_answer_length):
    """The best (score, start, end) of one window, or None; offsets are scalars of the context."""
    starts = torch.topk(start_logits, min(n_best, len(start_logits))).indices.tolist()
    ends = torch.topk(end_logits, min(n_best, len(end_logits))).indices.tolist()
    best = None
    for start in starts:
        for end in ends:
            if start not in context_positions or end not in context_positions:
                continue
            if end < start or end - start + 1 > maximum_answer_length:
                continue
            score = (start_logits[start] + end_logits[end]).item()
            if best is None or score > best[0]:
                best = (score, offsets[start][0], offsets[end][1])
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="checkpoint directory")
    parser.add_argument("--dataset", required=True, help="SQuAD JSON")
    parser.add_argument("--output", required=True, help="predictions, one JSON object from id to text")
    parser.add_argument("--limit", type=int, help="only the first questions")
    parser.add_argument("--max-length", type=int, default=384)
    parser.add_argument("--overlap", type=int, default=128)
    parser.add_argument("--max-answer-length", type=int, default=30)
    arguments = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model = AutoModelForQuestionAnswering.from_pretrained(arguments.model, dtype=torch.float32).eval()
    with open(arguments.dataset, encoding="utf-8") as file:
        articles = json.load(file)["data"]
    questions = [
        (qa["id"], qa["question"], paragraph["context"])
        for article in articles for paragraph in article["paragraphs"] for qa in paragraph["qas"]
    ][: arguments.limit]

    predictions = {}
    started = time.time()
    for index, (identifier, question, context) in enumerate(questions):
        encoded = tokenizer(
            question.lstrip(), context, truncation="only_second", max_length=arguments.max_length,
            stride=arguments.overlap, return_overflowing_tokens=True, return_offsets_mapping=True)
        best = None
        for window in range(len(encoded["input_ids"])):
            ids = torch.tensor([encoded["input_ids"][window]])
            types = torch.tensor([encoded["token_type_ids"][window]])
            with torch.inference_mode():
                output = model(input_ids=ids, token_type_ids=types)
            sequence = encoded.sequence_ids(window)
            context_positions = {position for position, part in enumerate(sequence) if part == 1}
            found = best_span(
                output.start_logits[0], output.end_logits[0], encoded["offset_mapping"][window], context_positions,
                20, arguments.max_answer_length)
            if found and (best is None or found[0] > best[0]):
                best = found
        predictions[identifier] = context[best[1]:best[2]] if best else ""
        if (index + 1) % 200 == 0:
            print(f"{index + 1}/{len(questions)} in {time.time() - started:.0f} s", file=sys.stderr, flush=True)
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(predictions, file, ensure_ascii=False)


if __name__ == "__main__":
    main()
