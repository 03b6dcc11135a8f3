"""What the processor is, and which instructions of interest it has."""

import os
import platform
from pathlib import Path

# What decides how fast products of a precision are, as Linux names it.
FLAGS = ["avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"]
BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
VNNI_FLAGS = {"avx_vnni", "avx512_vnni"}


def processor():
    """Name, family, model, cores and flags; family and model are None where there is no /proc/cpuinfo."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        first = []
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first)}
    present = set(fields.get("flags", "").split())
    return {
        "name": fields.get("model name") or platform.processor() or platform.machine(),
        "family": fields.get("cpu family"),
        "model": fields.get("model"),
        "cores": os.cpu_count(),
        "flags": [flag for flag in FLAGS if flag in present],
    }


def has_native_bf16(description):
    return not BF16_FLAGS.isdisjoint(description["flags"])


def has_vnni(description):
    return not VNNI_FLAGS.isdisjoint(description["flags"])


def in_words(description):
    place = ""
    if description["family"] is not None:
        place = f' (family {description["family"]}, model {description["model"]})'
    flags = " ".join(description["flags"]) or "none of the flags of interest"
    return f'{description["name"]}{place}, {description["cores"]} cores, {flags}'
