"""Golden values of tiny encoders of the families beside BERT from Hugging Face transformers.

    python Scripts/golden/families_golden.py Tests/EncoderModuleTests/Fixtures

Ran with torch 2.13.0+cpu, transformers 5.23.0, safetensors 0.8.0, numpy 2.4.6, Python 3.11. For each family it writes
FAMILY.safetensors with what bert_golden.py writes, for MPNet and DeBERTa also the buckets of distances. The ids hold RoBERTa's padding id (1) at the start and, behind it, once more.
"""

import sys

import safetensors.torch
import torch
import transformers
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

import fixed_weights

TOKENS, PREFIX = 29, 9
SIZES = {key: fixed_weights.TINY[key] for key in [
    "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size", "vocab_size"]}


def deberta(types):
    return transformers.DebertaV2Config(
        **SIZES, max_position_embeddings=64, type_vocab_size=types, relative_attention=True, position_biased_input=False,
        share_att_key=True, pos_att_type=["p2c", "c2p"], norm_rel_ebd="layer_norm", position_buckets=8)


MODELS = {
    "roberta": lambda: transformers.RobertaForQuestionAnswering(transformers.RobertaConfig(
        **SIZES, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)),
    "albert": lambda: transformers.AlbertForQuestionAnswering(transformers.AlbertConfig(
        **SIZES, embedding_size=16, max_position_embeddings=64, type_vocab_size=2, layer_norm_eps=1e-12,
        hidden_act="gelu_new")),
    "xlm-roberta": lambda: transformers.XLMRobertaForQuestionAnswering(transformers.XLMRobertaConfig(
        **SIZES, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)),
    "camembert": lambda: transformers.CamembertForQuestionAnswering(transformers.CamembertConfig(
        **SIZES, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1)),
    "electra": lambda: transformers.ElectraForQuestionAnswering(transformers.ElectraConfig(
        **SIZES, embedding_size=16, max_position_embeddings=64, type_vocab_size=2, layer_norm_eps=1e-12)),
    "electra-base": lambda: transformers.ElectraForQuestionAnswering(transformers.ElectraConfig(
        **SIZES, embedding_size=32, max_position_embeddings=64, type_vocab_size=2, layer_norm_eps=1e-12)),
    "distilbert": lambda: transformers.DistilBertForQuestionAnswering(transformers.DistilBertConfig(
        n_layers=3, dim=32, n_heads=4, hidden_dim=64, vocab_size=100, max_position_embeddings=64)),
    "deberta-v2": lambda: transformers.DebertaV2ForQuestionAnswering(deberta(0)),
    "deberta-v2-typed": lambda: transformers.DebertaV2ForQuestionAnswering(deberta(2)),
    "mpnet": lambda: transformers.MPNetForQuestionAnswering(transformers.MPNetConfig(
        **SIZES, max_position_embeddings=66, layer_norm_eps=1e-5, relative_attention_num_buckets=32)),
}


# The families whose pairs have no types.
ROBERTAS = ["roberta", "xlm-roberta", "camembert"]


def model(family):
    """A question answerer with formula weights, without dropout."""
    made = MODELS[family]().eval()
    made.set_attn_implementation("eager")
    state = {name: torch.from_numpy(fixed_weights.tensor(name, *weight.shape))
             for name, weight in made.named_parameters()}
    made.load_state_dict(state, strict=False)
    return made


def token_types(family, types):
    """The token types as a model takes them, by argument."""
    if family in ("distilbert", "mpnet", "deberta-v2"):
        return {}
    return {"token_type_ids": torch.zeros_like(types) if family in ROBERTAS else types}


def golden(family):
    ids, types = (torch.from_numpy(x)[None] for x in fixed_weights.window(TOKENS, PREFIX))
    ids[0, 20] = 1
    types = token_types(family, types)
    with torch.no_grad():
        output = model(family)(input_ids=ids, **types, attention_mask=torch.ones_like(ids), output_hidden_states=True, output_attentions=True)
    tensors = {
        "ids": ids[0].contiguous(),
        "token_types": types.get("token_type_ids", torch.zeros_like(ids))[0].contiguous(),
        "start_logits": output.start_logits[0],
        "end_logits": output.end_logits[0],
    }
    if family == "deberta-v2":
        tensors["buckets"] = make_log_bucket_position(torch.arange(-600, 601), 256, 512).to(torch.long)
        tensors["small_buckets"] = make_log_bucket_position(torch.arange(-63, 64), 8, 64).to(torch.long)
    if family == "mpnet":
        tensors["buckets"] = MPNetEncoder.relative_position_bucket(torch.arange(-600, 601))
    for index, hidden in enumerate(output.hidden_states):
        tensors[f"hidden.{index}"] = hidden[0].contiguous()  # [tokens, hidden]
    for index, attention in enumerate(output.attentions):
        tensors[f"attention.{index + 1}"] = attention[0].contiguous()  # [heads, tokens, tokens]
    print(family, "standard deviation of the hidden states:", [h.std().item() for h in output.hidden_states])
    return tensors


if __name__ == "__main__":
    about = fixed_weights.metadata("families_golden.py", torch, transformers, safetensors)
    for family in MODELS:
        safetensors.torch.save_file(golden(family), f"{sys.argv[1]}/{family}.safetensors", metadata=about)
