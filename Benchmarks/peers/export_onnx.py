"""Writes one architecture as ONNX with fixed shapes, batch 1, no attention mask (nothing is padded).

    python export_onnx.py ARCHITECTURE LENGTH OUTPUT.onnx

ONNX Runtime and OpenVINO both read this file. It is run once in ONNX Runtime and compared with PyTorch, so that
all engines are known to compute the same thing.
"""

import sys
import warnings

from architectures import build_inputs, build_model

TOLERANCE = 1e-4


def main():
    architecture, length, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    import numpy as np
    import onnxruntime
    import torch

    class SpanLogits(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            result = self.model(**dict(zip(names, inputs)))
            return result.start_logits, result.end_logits

    inputs = build_inputs(architecture, length)
    names = list(inputs)
    model = SpanLogits(build_model(architecture)).eval()
    tensors = tuple(torch.from_numpy(array) for array in inputs.values())
    with torch.inference_mode():
        expected = [tensor.numpy() for tensor in model(*tensors)]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, tensors, output, input_names=names,
            # The newer exporter (dynamo=True) adds NaN checks to every attention: a third slower in ONNX Runtime.
            output_names=["start_logits", "end_logits"], opset_version=17, dynamo=False)

    session = onnxruntime.InferenceSession(output, providers=["CPUExecutionProvider"])
    actual = session.run(None, inputs)
    difference = max(float(np.abs(a - e).max()) for a, e in zip(actual, expected))
    if not difference <= TOLERANCE:
        sys.exit(f"{output}: logits differ from PyTorch's by {difference}, more than {TOLERANCE}")


main()
