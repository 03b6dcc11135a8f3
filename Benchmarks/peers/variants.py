"""The ways in which each peer can run a precision. The fastest of them is the peer that we are compared with."""

from dataclasses import dataclass, field

from processor import has_native_bf16, has_vnni

PEERS = ["onnxruntime", "openvino", "pytorch"]
PRECISIONS = ["f32", "bf16", "int8"]


@dataclass(frozen=True)
class Variant:
    """One way to run a model."""

    name: str
    # What of the prepared files it reads (see prepare.py); None for PyTorch, which builds the model itself.
    model: str | None = None
    # Whether shapes are known when the model is compiled.
    is_fixed: bool = True
    # Settings of OpenVINO's plugin.
    settings: dict = field(default_factory=dict)
    # PyTorch's library for int8 products.
    quantized_engine: str | None = None


def variants(engine, precision, processor, fixed=True):
    """The variants of an engine, none where it or the processor does not have the precision.

    With `fixed` false only those that take windows of any length.
    """
    found = {
        "onnxruntime": onnxruntime_variants, "openvino": openvino_variants, "pytorch": pytorch_variants,
    }[engine](precision, processor)
    return [variant for variant in found if fixed or not variant.is_fixed]


def onnxruntime_variants(precision, processor):
    # Without VNNI sums of two products of 8 bits can overflow. ONNX Runtime's documentation then advises 7 bits.
    bits, reduced = ("8 bits", "") if has_vnni(processor) else ("7 bits", "-reduced")
    kinds = {
        "f32": {"": "f32"},
        "int8": {f"{bits} per tensor": f"int8{reduced}", f"{bits} per channel": f"int8-channel{reduced}"},
    }
    return [
        Variant(name=", ".join(filter(None, [kind, shapes])), model=model, is_fixed=shapes == "fixed shapes")
        for kind, model in kinds.get(precision, {}).items()
        for shapes in ["fixed shapes", "any shape"]
    ]


def openvino_variants(precision, processor):
    hints = [("", "f32")]
    if precision == "bf16":
        hints = [("", "bf16")] if has_native_bf16(processor) else []
    elif precision == "int8" and has_native_bf16(processor):
        # What is not in int8 runs in bf16 there unless a user says otherwise.
        hints = [("f32 elsewhere", "f32"), ("bf16 elsewhere", "bf16")]
    kinds = [("", "f32", {})]
    if precision == "int8":
        kinds = [
            ("NNCF quantize", "nncf-quantized", {}),
            # Activations are quantised on the fly, with a scale for each group of their channels.
            *((f"NNCF compress_weights, groups of {size}", "nncf-weights", {"DYNAMIC_QUANTIZATION_GROUP_SIZE": size})
              for size in [32, 128]),
        ]
    return [
        Variant(name=", ".join(filter(None, [kind, elsewhere, shapes])), model=model,
                is_fixed=shapes == "fixed shapes", settings={"INFERENCE_PRECISION_HINT": hint, **settings})
        for kind, model, settings in kinds
        for elsewhere, hint in hints
        for shapes in ["fixed shapes", "any shape"]
    ]


def pytorch_variants(precision, processor):
    if precision == "f32":
        return [Variant(name="eager", is_fixed=False)]
    if precision == "bf16":
        return [Variant(name="eager", is_fixed=False)] if has_native_bf16(processor) else []
    return [Variant(name=f"quantize_dynamic, {engine}", is_fixed=False, quantized_engine=engine)
            for engine in ["x86", "onednn"]]
