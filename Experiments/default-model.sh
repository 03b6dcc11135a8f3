#!/usr/bin/env bash
# How the default model learnt to refuse, with a base model as its teacher: from the present model, one more epoch of questions
# of which some have no answer in their text. What is done already is not done again, and what was interrupted goes on.
#
#   MODEL=Sources/BlockSkimDefaultModel/Model TEACHER=base-model SQUAD=train.json WIKI=new_wiki.json REDDIT=reddit.json \
#       AMAZON=amazon_reviews.json QAMR=qamr-dev.json [OUTPUT=directory] [QUESTIONS="12000 3000"] [WEIGHT=0.75] [TRAINER=…] \
#       Experiments/default-model.sh
#
# TEACHER is what base-model.sh trains; it teaches QUESTIONS of SQUAD and WIKI. WEIGHT is how much of what was learnt the model
# takes over. The model is in OUTPUT/model.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
: "${MODEL:?the model to go on from}" "${TEACHER:?a trained base model}" "${SQUAD:?}" "${WIKI:?}" "${REDDIT:?}" "${AMAZON:?}" "${QAMR:?}"
output=${OUTPUT:-$root/.build/default-model}
trainer=${TRAINER:-$root/Training/.build/release/blockskim-train}
taught=$output/taught.json
rest=$output/rest.json
documents=$output/documents.json
teacher=$output/teacher.safetensors
run=$output/run
read -r squad wiki <<<"${QUESTIONS:-12000 3000}"
mkdir -p "$output"

# A teacher takes about half an hour for these 15,000 questions, so it is not asked about all.
[ -e "$taught" ] || python3 "$root/Experiments/split_questions.py" "$SQUAD:$squad" "$WIKI:$wiki" --seed 8 \
    --chosen "$taught" --rest "$rest"
# The rest is also asked of paragraphs that do not answer, and in forms that its own paragraph does not answer.
[ -e "$documents" ] || "$trainer" documents "$rest" --passages 1 --unanswerable 0.6 --changed 0.2 --seed 8 --output "$documents"
resume() { if [ -e "$1" ]; then echo --resume; fi; }
[ -e "$teacher" ] || "$trainer" teach --model "$TEACHER" --train "$taught" --output "$teacher" --batch-size 32 \
    $(resume "$teacher.parts")
[ -e "$run/summary.json" ] || "$trainer" train --model "$MODEL" --train "$taught" "$documents" "$QAMR" "$REDDIT" "$AMAZON" \
    --cap 15000 28000 4000 1500 1500 --teacher "$teacher" --epochs 1 --batch-size 16 --learning-rate 6e-5 \
    --classifier-learning-rate 2e-4 --warmup 0.05 --seed 46 --checkpoint-every 500 --output "$run" $(resume "$run/configuration.json")
python3 "$root/Experiments/average_models.py" "$MODEL" "$run/model" "${WEIGHT:-0.75}" "$output/model"
