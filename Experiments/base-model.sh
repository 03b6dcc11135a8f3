#!/usr/bin/env bash
# The paper at its own size: trains a base model with and without the block loss, chooses how the first skims, measures both,
# and lets a small model learn from it. What is done already is not done again, and an interrupted training goes on, so call
# it as often as it takes.
#
#   MODEL=all-mpnet-base-v2 STUDENT=all-MiniLM-L6-v2 TRAIN=train.json DEV=dev.json QED=qed.json \
#       [OUTPUT=directory] [QUESTIONS=8000] [LAYERS="4 6 8 10"] [EARLIER=directory] \
#       Experiments/base-model.sh [train|skim|measure|teach]
#
# LAYERS are those after which a cascade may drop blocks. The later ones know more: it may begin early and drop most of it late.
# EARLIER is the OUTPUT of a call with fewer QUESTIONS: its models learn from the others, in place of MODEL from all of them.
#
# DEV has 24 articles: everything is chosen on the first 12, figures are of the others. What is measured goes to
# OUTPUT/results; base_model.py makes the tables of it. Timings (skim, measure) want a quiet machine.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
: "${MODEL:?the base model to start from}" "${STUDENT:?the small model to start from}"
: "${TRAIN:?training questions}" "${DEV:?development questions, 24 articles}" "${QED:?questions of another kind}"
output=${OUTPUT:-$root/.build/base-model}
questions=${QUESTIONS:-8000}
read -ra layers <<<"${LAYERS:-4 6 8 10}"
engine=${ENGINE:-$root/.build/release/blockskim}
trainer=${TRAINER:-$root/Training/.build/release/blockskim-train}
chosen=$output/dev-1-12.json
reported=$output/dev-13-24.json
results=$output/results
base=$output/with-block-loss/model
mkdir -p "$results/predictions"

# train NAME MODEL OPTIONS…
train() {
    local run=$output/$1
    [ -e "$run/summary.json" ] && return
    local resume=()
    [ -e "$run/configuration.json" ] && resume=(--resume)
    # No question is seen twice, so nothing is dropped out.
    "$trainer" train --model "$2" --train "$TRAIN" --dev "$reported" "$QED" --epochs 1 --batch-size 8 --dropout 0 --seed 42 \
        --checkpoint-every 250 --kept-checkpoints 1 --output "$run" "${resume[@]}" "${@:3}"
}

# evaluate NAME DATA OPTIONS…: how the model with the block loss answers.
evaluate() {
    [ -e "$results/$1.json" ] && return
    "$engine" evaluate "$2" --model "$base" --format json "${@:3}" >"$results/$1.part"
    mv "$results/$1.part" "$results/$1.json"
}

# make_documents QUESTIONS FILE: some of them, each asked of its whole article.
make_documents() {
    [ -e "$2" ] || "$trainer" documents "$1" --whole-articles --questions 120 --seed 5 --output "$2"
}

make_data() {
    [ -e "$chosen" ] || python3 "$root/Benchmarks/documents/articles.py" "$DEV" 1 12 "$chosen"
    [ -e "$reported" ] || python3 "$root/Benchmarks/documents/articles.py" "$DEV" 13 24 "$reported"
    make_documents "$reported" "$output/documents.json"
    make_documents "$chosen" "$output/documents-chosen.json"
}

# begin_with NAME: the model that a run starts from.
begin_with() {
    if [ -n "${EARLIER:-}" ]; then echo "$EARLIER/$1/model"; else echo "$MODEL"; fi
}

# How many of the questions, in the random order of the seed, the models of EARLIER have seen.
seen_questions() {
    [ -n "${EARLIER:-}" ] || { echo 0; return; }
    python3 - "$EARLIER/with-block-loss/configuration.json" <<'END'
import json, sys
run = json.load(open(sys.argv[1]))
print(sum(run.get("skippedQuestions") or [0]) + sum(run["caps"]))
END
}

train_models() {
    local seen
    seen=$(seen_questions)
    local data=(--skip-questions "$seen" --cap $((questions - seen)) --learning-rate 5e-5)
    train with-block-loss "$(begin_with with-block-loss)" "${data[@]}" --classifier-learning-rate 5e-4
    train without-block-loss "$(begin_with without-block-loss)" "${data[@]}" --classifier none
    # The encoder stays: what do hidden states add to attention?
    train hidden-states "$base" --cap $(((questions - seen) / 4)) --freeze-encoder --learning-rate 1e-3 \
        --augment-layers "${layers[@]}" --state-channels 128 --dev-limit 300
}

# calibrate NAME: with which layers and thresholds a run's model skims.
calibrate() {
    local run=$output/$1
    [ -e "$run/calibration/confidence.json" ] || "$trainer" calibrate --model "$run/model" --dev "$chosen" --limit 300 \
        --precision int8 --layers "${layers[@]}" --thresholds 0.9 0.98 --cascades 6 --output "$run/calibration"
}

choose_skimming() {
    calibrate with-block-loss
    calibrate hidden-states
    [ -e "$output/with-block-loss/reading/reading.json" ] || "$trainer" calibrate-reading \
        --model "$base" --dev "$output/documents-chosen.json" --layers 4 6 --thresholds 0.9 0.98 --windows-per-round 1 \
        --max-windows 4 --output "$output/with-block-loss/reading"
}

# measure_in_turns PRECISION QUESTIONS: the paper's layers and thresholds, each in turns with the dense encoder.
measure_in_turns() {
    local run=$output/turns-$1
    [ -e "$run/calibration/calibration.json" ] && return
    mkdir -p "$run"
    cp -R "$base" "$run"
    "$trainer" calibrate --model "$run/model" --dev "$reported" --limit "$2" --only-skimming --precision "$1" --layers 4 6 \
        --thresholds 0 0.5 0.9 0.99 --cascades 0 --output "$run/calibration"
    rm -R "$run/model"
}

measure() {
    for precision in int8 f32; do
        # What a window costs that is padded to 384 tokens.
        [ -e "$results/padded-$precision.json" ] || "$engine" benchmark --model "$base" --length 384 \
            --runs 9 --precision $precision --format json >"$results/padded-$precision.json"
    done
    measure_in_turns int8 600
    # What they answer is much the same in f32: enough questions for the speed.
    measure_in_turns f32 160
    for name in dense skimming; do
        local how=(--max-f1-loss 1)
        [ $name = dense ] && how=(--dense)
        evaluate $name "$reported" --precision int8 "${how[@]}" \
            --write-predictions "$results/predictions/$name-dev.json"
        evaluate $name-f32 "$reported" --limit 400 --precision f32 "${how[@]}"
        evaluate $name-qed "$QED" --precision int8 "${how[@]}" \
            --write-predictions "$results/predictions/$name-qed.json"
        # Long documents: whole articles.
        evaluate $name-documents "$output/documents.json" --precision int8 --read best-first "${how[@]}"
    done
}

even_layers() {
    python3 -c "import json, sys; print(*range(2, json.load(open(sys.argv[1]))['num_hidden_layers'] + 1, 2))" \
        "$base/config.json"
}

# learn_from_teacher TRAIN: the questions of its first articles, with and without the teacher.
learn_from_teacher() {
    local TRAIN=$output/train-first.json
    [ -e "$TRAIN" ] || python3 "$root/Benchmarks/documents/articles.py" "$1" 1 9 "$TRAIN"
    local file=$output/teacher.safetensors resume=()
    [ -e "$file.parts" ] && resume=(--resume)
    [ -e "$file" ] || "$trainer" teach --model "$base" --train "$TRAIN" --output "$file" "${resume[@]}"
    train student-alone "$STUDENT" --learning-rate 1e-4
    train student-taught "$STUDENT" --learning-rate 1e-4 --teacher "$file"
    # A student as wide as its teacher: every second of its layers.
    if [ ! -e "$output/half" ]; then
        python3 "$root/Experiments/take_layers.py" "$base" $(even_layers) "$output/half.part"
        mv "$output/half.part" "$output/half"
    fi
    train student-half "$output/half" --learning-rate 5e-5 --teacher "$file"
}

make_data
[ $# -gt 0 ] || set -- train skim measure teach
for step in "$@"; do
    case $step in
    train) train_models ;;
    skim) choose_skimming ;;
    measure) measure ;;
    teach) learn_from_teacher "$TRAIN" ;;
    *) echo "there is no step $step: train, skim, measure or teach" >&2; exit 64 ;;
    esac
done
python3 "$root/Experiments/base_model.py" "$output"
