#!/bin/bash
# What a warm pass of an encoder allocates: Benchmarks/allocations/run.sh [ARCHITECTURE] [TOKENS]
#
# Needs a built program (make build). Counts a run of 1 pass and one of 11 and divides the difference by ten.
set -euo pipefail
cd "$(dirname "$0")/../.."
architecture=${1:-minilm-l6} tokens=${2:-160}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cc -O2 -shared -fPIC Benchmarks/allocations/count.c -o "$scratch/count.so"

count() {
    echo "$1" | LD_PRELOAD="$scratch/count.so" .build/release/blockskim benchmark \
        --architecture "$architecture" --length "$tokens" --rounds-from-stdin 2>&1 >"$scratch/output" |
        awk '/^allocations / { print $2, $3 }'
}

read -r library1 others1 < <(count 1)
read -r library11 others11 < <(count 11)
echo "$architecture, $tokens tokens, a warm pass: $(((library11 - library1) / 10)) allocations in oneDNN, $(((others11 - others1) / 10)) elsewhere"
