"""One engine in a process of its own, measured on demand.

    python worker.py ENGINE --architecture A --length T --threads N [--onnx FILE] [--precision f32|bf16]

The protocol, which `blockskim benchmark --rounds-from-stdin` speaks, too: after loading and warming up the line
`ready`; then for every line with a number n on standard input n forward passes, and their times in milliseconds
as a JSON array on one line. The end of input ends the process. Between two lines nothing is computed.
"""

import argparse
import json
import os
import sys
import time

from architectures import build_inputs, build_model

WARM_UP_RUNS = 3


def onnxruntime_engine(arguments, inputs):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(arguments.onnx, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def openvino_engine(arguments, inputs):
    import openvino

    compiled = openvino.Core().compile_model(arguments.onnx, "CPU", {
        "INFERENCE_PRECISION_HINT": arguments.precision,
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": arguments.threads,
    })
    request = compiled.create_infer_request()
    return lambda: request.infer(inputs, share_inputs=True, share_outputs=True)


def pytorch_engine(arguments, inputs):
    import torch

    torch.set_num_threads(arguments.threads)
    model = build_model(arguments.architecture)
    tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}

    def forward():
        with torch.inference_mode():
            model(**tensors)

    return forward


ENGINES = {"onnxruntime": onnxruntime_engine, "openvino": openvino_engine, "pytorch": pytorch_engine}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--architecture", required=True)
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--onnx")
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    arguments = parser.parse_args()

    # Whatever a library prints goes to standard error; standard output is for the protocol alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    forward = ENGINES[arguments.engine](arguments, build_inputs(arguments.architecture, arguments.length))
    for _ in range(WARM_UP_RUNS):
        forward()
    print("ready", file=answers)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            forward()
            milliseconds.append((time.perf_counter() - start) * 1000)
        print(json.dumps(milliseconds), file=answers)


main()
