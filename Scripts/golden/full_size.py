"""A checkpoint of full size with seeded random weights, and what Hugging Face makes of a window with it.

    python Scripts/golden/full_size.py ARCHITECTURE LENGTH OUTPUT_DIRECTORY

Writes config.json, model.safetensors and golden.safetensors (ids, token_types, start_logits, end_logits). Called by
FullSizeTests with the Python that BLOCKSKIM_PYTHON names; nothing of it is stored. Ran with torch 2.13.0+cpu, transformers 5.23.0.
"""

import sys
from pathlib import Path

import safetensors.torch
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks/peers"))
from architectures import build_inputs, build_model  # noqa: E402

architecture, length, directory = sys.argv[1], int(sys.argv[2]), sys.argv[3]
model = build_model(architecture)
# The initial weights are so small that attention is even and logits are nearly 0: a fault could hide.
with torch.no_grad():
    for name, weight in model.named_parameters():
        if weight.dim() == 2:
            weight.mul_(2.5)
inputs = {name: torch.from_numpy(array) for name, array in build_inputs(architecture, length).items()}
with torch.inference_mode():
    output = model(**inputs)
model.save_pretrained(directory)
ids = inputs["input_ids"][0].contiguous()
safetensors.torch.save_file({
    "ids": ids,
    "token_types": inputs.get("token_type_ids", torch.zeros_like(ids)[None])[0].contiguous(),
    "start_logits": output.start_logits[0].contiguous(),
    "end_logits": output.end_logits[0].contiguous(),
}, f"{directory}/golden.safetensors")
