#!/usr/bin/env bash
# Runs a group of the experiments of README.md, one after the other; what is done already is not done again.
#
#   TRAIN=train.json DEV=dev.json OUTPUT=directory Experiments/run.sh GROUP MODEL
#
# GROUP       MODEL, the checkpoint to start from
# block-loss  all-MiniLM-L6-v2: does the block loss help the answers?
# classifier  a dense model, which stays as it is: which block classifier needs the fewest tokens?
# alpha       a dense model that learns on: how much weight for the block loss?
# skimming    a model with classifiers that learns on: does it help if the upper layers learn with what skimming keeps?
set -euo pipefail
cd "$(dirname "$0")/.."
group=${1:?block-loss, classifier, alpha or skimming}
model=${2:?the checkpoint to start from}
: "${TRAIN:?the file with SQuAD\'s training questions}" "${DEV:?a file of questions to measure on}" "${OUTPUT:?a directory}"

run() {
    local output=$OUTPUT/$1
    shift
    [ -e "$output/summary.json" ] && return
    Training/.build/release/blockskim-train train --model "$model" --train "$TRAIN" --dev "$DEV" --output "$output" \
        --overwrite --epochs 1 --batch-size 16 --log-every 25 "$@"
}
shipped=(--attention-region diagonal --state-channels 128 --block-size 16 --skim-layer 3)

case $group in
block-loss)
    for seed in 1 2; do
        run none$seed --cap 8000 --learning-rate 1e-4 --seed $seed --classifier none
        run paper$seed --cap 8000 --learning-rate 1e-4 --seed $seed
    done
    ;;
classifier)
    frozen() {
        run "$@" --freeze-encoder --cap 4000 --dev-limit 1000 --learning-rate 5e-4 --warmup 0.05 \
            --augment-layers 2 3 4 --skim-layer 3 --seed 1
    }
    frozen full32
    frozen diagonal32 --attention-region diagonal
    frozen full32-states --state-channels 128
    frozen diagonal32-states --attention-region diagonal --state-channels 128
    frozen full16 --block-size 16
    frozen diagonal16-states --attention-region diagonal --state-channels 128 --block-size 16
    frozen full64 --block-size 64
    frozen absolute32 --block-layout absolute
    frozen beta16 --beta 16
    frozen diagonal16 --attention-region diagonal --block-size 16
    frozen beta1 --beta 1
    ;;
alpha)
    learning() {
        run "$@" --cap 6000 --dev-limit 2500 --learning-rate 5e-5 --warmup 0.05 --seed 1
    }
    learning none --classifier none
    for alpha in 1 0.3 3; do
        learning alpha$alpha "${shipped[@]}" --augment-layers 2 3 4 5 --classifier-learning-rate 5e-4 --alpha $alpha
    done
    ;;
skimming)
    learning() {
        run "$@" --cap 4000 --dev-limit 2500 --learning-rate 3e-5 --classifier-learning-rate 1e-4 --warmup 0.05 --seed 1 \
            "${shipped[@]}" --augment-layers 2 3 --skip-threshold 0.985
        .build/release/blockskim evaluate "$DEV" --limit 2500 --model "$OUTPUT/$1/model" --skim-layer 3 --skip-threshold 0.985
    }
    learning kept-tokens --skim-in-training 3
    learning all-tokens
    ;;
*)
    echo "there is no group $group" >&2
    exit 64
    ;;
esac
python3 Experiments/table.py "$OUTPUT"
