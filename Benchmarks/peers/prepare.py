"""Writes one model in all the forms that the peers read.

    python prepare.py MODEL FOLDER --length 384 --forms f32 int8 nncf-quantized [--calibration WINDOWS.json]

MODEL is an architecture (random weights) or a checkpoint directory. Every form takes batch 1 without an attention
mask, since nothing is padded. ONNX files are written twice: `FORM.fixed.onnx` for windows of `--length` tokens and
`FORM.any.onnx` for windows of any length. The forms:

- f32, in ONNX.
- int8 and int8-channel, in ONNX: ONNX Runtime's dynamic quantisation with weights of 8 bits, scaled per tensor or per
  output channel. int8-reduced and int8-channel-reduced: the same with weights of 7 bits.
- nncf-quantized, in OpenVINO's format: NNCF's post-training quantisation of weights and activations, calibrated.
- nncf-weights, in OpenVINO's format: NNCF's compression of weights to 8 bits.

`sample.npz` holds one window, and `expected.npz` PyTorch's f32 logits for it.
"""

import argparse
import json
import warnings
from pathlib import Path

from architectures import ARCHITECTURES, build_inputs, build_model

CALIBRATION_WINDOWS = 32


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--forms", nargs="+", required=True)
    parser.add_argument("--calibration", type=Path, help="a JSON array of windows: objects of arrays by input name")
    arguments = parser.parse_args()
    import numpy as np

    windows = calibration_windows(arguments)
    np.savez(arguments.folder / "sample.npz", **windows[0])
    export(arguments, windows[0])
    for form in arguments.forms:
        if form.startswith("int8"):
            quantize_dynamically(form, arguments.folder)
        elif form.startswith("nncf"):
            quantize_for_openvino(form, arguments.folder, windows)


def calibration_windows(arguments):
    """Int64 arrays [1, tokens] by input name; the first is also the sample."""
    import numpy as np

    if arguments.calibration is None:
        return [build_inputs(arguments.model, arguments.length, seed=42 + i) for i in range(CALIBRATION_WINDOWS)]
    return [{name: np.array([values], dtype=np.int64) for name, values in window.items()}
            for window in json.loads(arguments.calibration.read_text())]


def export(arguments, sample):
    import numpy as np
    import torch

    class SpanLogits(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            result = self.model(**dict(zip(names, inputs)))
            return result.start_logits, result.end_logits

    names = list(sample)
    model = SpanLogits(build_model(arguments.model)).eval()
    tensors = tuple(torch.from_numpy(array) for array in sample.values())
    with torch.inference_mode():
        np.savez(arguments.folder / "expected.npz", *(tensor.numpy() for tensor in model(*tensors)))
    outputs = ["start_logits", "end_logits"]
    for shapes, axes in [("fixed", None), ("any", {name: {1: "tokens"} for name in names + outputs})]:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                model, tensors, str(arguments.folder / f"f32.{shapes}.onnx"), input_names=names,
                # The newer exporter (dynamo=True) adds NaN checks to every attention: a third slower in ONNX Runtime.
                output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)


def quantize_dynamically(form, folder):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    for shapes in ["fixed", "any"]:
        quantize_dynamic(
            folder / f"f32.{shapes}.onnx", folder / f"{form}.{shapes}.onnx", weight_type=QuantType.QInt8,
            per_channel="channel" in form, reduce_range="reduced" in form)


def quantize_for_openvino(form, folder, windows):
    import nncf
    import openvino

    model = openvino.Core().read_model(folder / "f32.any.onnx")
    if form == "nncf-weights":
        model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    else:
        model = nncf.quantize(
            model, nncf.Dataset(windows), model_type=nncf.ModelType.TRANSFORMER,
            preset=nncf.QuantizationPreset.MIXED, subset_size=len(windows))
    openvino.save_model(model, folder / f"{form}.xml", compress_to_fp16=False)


main()
