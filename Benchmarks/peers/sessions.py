"""A model that is ready to run in one of the peers: a function from inputs to logits."""

from architectures import build_model


def open_session(engine, variant, precision, model, folder, threads):
    """A function that takes int64 arrays [1, tokens] by input name and returns start and end logits [1, tokens].

    The outputs may be overwritten by the next call.
    """
    opener = {"onnxruntime": open_onnxruntime, "openvino": open_openvino, "pytorch": open_pytorch}[engine]
    return opener(variant, precision, model, folder, threads)


def open_onnxruntime(variant, precision, model, folder, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    path = folder / f'{variant.model}.{"fixed" if variant.is_fixed else "any"}.onnx'
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)


def open_openvino(variant, precision, model, folder, threads):
    import numpy as np
    import openvino

    core = openvino.Core()
    suffix = "any.onnx" if variant.model == "f32" else "xml"
    graph = core.read_model(folder / f"{variant.model}.{suffix}")
    if variant.is_fixed:
        length = np.load(folder / "sample.npz")["input_ids"].shape[1]
        graph.reshape({port: [1, length] for port in graph.inputs})
    compiled = core.compile_model(graph, "CPU", {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
        **variant.settings,
    })
    request = compiled.create_infer_request()
    ports = compiled.outputs

    def run(inputs):
        results = request.infer(inputs, share_inputs=True, share_outputs=True)
        return [results[port] for port in ports]

    return run


def open_pytorch(variant, precision, model, folder, threads):
    import torch

    torch.set_num_threads(threads)
    network = build_model(model)
    if precision == "bf16":
        network = network.to(torch.bfloat16)
    elif precision == "int8":
        torch.backends.quantized.engine = variant.quantized_engine
        network = torch.ao.quantization.quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)

    def run(inputs):
        with torch.inference_mode():
            result = network(**{name: torch.from_numpy(array) for name, array in inputs.items()})
            return [logits.float().numpy() for logits in (result.start_logits, result.end_logits)]

    return run
