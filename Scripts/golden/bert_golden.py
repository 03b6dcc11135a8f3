"""Golden values of a tiny BERT from Hugging Face transformers.

    python Scripts/golden/bert_golden.py Tests/EncoderModuleTests/Fixtures

Ran with torch 2.13.0+cpu, transformers 5.23.0, safetensors 0.8.0, numpy 2.4.6, Python 3.11. For each activation it
writes bert-ACTIVATION.safetensors with the input (ids, token_types), the embeddings' output (hidden.0), every
layer's hidden states (hidden.1 ...) and attention (attention.1 ...), and the span logits.
"""

import sys

import safetensors.torch
import torch
import transformers

import fixed_weights

TOKENS, PREFIX = 29, 9


def model(activation):
    config = transformers.BertConfig(**fixed_weights.TINY, hidden_act=activation)
    config._attn_implementation = "eager"
    bert = transformers.BertForQuestionAnswering(config).eval()
    state = fixed_weights.weights(fixed_weights.bert_shapes(fixed_weights.TINY))
    bert.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()}, strict=True)
    return bert


def golden(activation):
    ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(TOKENS, PREFIX))
    with torch.no_grad():
        output = model(activation)(
            input_ids=ids, token_type_ids=types, output_hidden_states=True, output_attentions=True
        )
    tensors = {
        "ids": ids[0],
        "token_types": types[0],
        "start_logits": output.start_logits[0],
        "end_logits": output.end_logits[0],
    }
    for index, hidden in enumerate(output.hidden_states):
        tensors[f"hidden.{index}"] = hidden[0].contiguous()  # [tokens, hidden]
    for index, attention in enumerate(output.attentions):
        tensors[f"attention.{index + 1}"] = attention[0].contiguous()  # [heads, tokens, tokens]
        print(activation, index + 1, "mean of the largest probability a row:", attention.amax(-1).mean().item())
    print(activation, "standard deviation of the hidden states:", [h.std().item() for h in output.hidden_states])
    print(activation, "logits:", output.start_logits.min().item(), output.start_logits.max().item())
    return tensors


if __name__ == "__main__":
    about = fixed_weights.metadata("bert_golden.py", torch, transformers, safetensors)
    for activation in ["gelu", "gelu_new", "relu"]:
        path = f"{sys.argv[1]}/bert-{activation}.safetensors"
        safetensors.torch.save_file(golden(activation), path, metadata=about)
