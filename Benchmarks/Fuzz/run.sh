#!/usr/bin/env bash
# Runs every target with 100,000 mutations, or as many as the first argument says. Build it first: swift build -c release
set -euo pipefail
cd "$(dirname "$0")"
input=$(mktemp)
trap 'rm -f "$input"' EXIT
for target in squad mrqa rows arrays columns table squad-gzip mrqa-gzip squad-gzip-bytes mrqa-gzip-bytes predictions no-answer-scores \
    encoder-configuration skim-configuration tokenizer-configuration tokenizer-file \
    tokenizer-vocab-json tokenizer-merges tokenizer-file-bpe tokenizer-spiece tokenizer-file-unigram \
    tokenizer-fairseq tokenizer-spm tokenizer-text safetensors torch-file html
do
    .build/release/fuzz "$target" --mutations "${1:-100000}" --seed 42 --input "$input" \
        || { trap - EXIT; echo "the input is in $input" >&2; exit 1; }
done
