"""Writes the fixtures of TorchFileModuleTests: small files of torch.save in all forms, and their tensors as safetensors.

    python Scripts/golden/torch_file_golden.py Tests/TorchFileModuleTests/Fixtures

Ran with torch 2.13.0+cpu, safetensors 0.8.0, Python 3.11. `zip.bin` and `legacy.bin` hold every type of element, an offset into a
shared storage, a transposed tensor, a parameter, a scalar, an empty tensor and a module's state; `expected.safetensors` what PyTorch
reads of the floating-point ones. `code.bin` asks to run something, `deflated.bin` is compressed.
"""

import collections
import sys
import zipfile

import safetensors.torch
import torch


def state():
    torch.manual_seed(0)
    shared = torch.randn(40)
    tensors = collections.OrderedDict(
        plain=torch.randn(3, 4), half=torch.randn(2, 5).half(), brain=torch.randn(7).bfloat16(), scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3), first=shared[:8].view(2, 4), second=shared[8:20].view(3, 4), every_other=shared[::2],
        transposed=torch.randn(4, 6).t(), parameter=torch.nn.Parameter(torch.randn(2, 2)), ids=torch.arange(5)[None],
        flags=torch.tensor([True, False]), double=torch.randn(3).double(), byte=torch.tensor([1], dtype=torch.uint8),
        int=torch.tensor([-1], dtype=torch.int32), **{"na\u00efve \u540d": torch.ones(1)})
    # A state_dict() carries the versions of its modules as an attribute.
    tensors._metadata = collections.OrderedDict([("", {"version": 1})])
    return tensors


class Command:
    def __reduce__(self):
        return print, ("it ran",)


def main(directory):
    tensors = state()
    torch.save(tensors, f"{directory}/zip.bin")
    torch.save(tensors, f"{directory}/legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(collections.OrderedDict(plain=Command()), f"{directory}/code.bin")
    with zipfile.ZipFile(f"{directory}/zip.bin") as stored:
        with zipfile.ZipFile(f"{directory}/deflated.bin", "w", zipfile.ZIP_DEFLATED) as deflated:
            for info in stored.infolist():
                deflated.writestr(zipfile.ZipInfo(info.filename), stored.read(info), zipfile.ZIP_DEFLATED)
    expected = {name: tensor.detach().float().contiguous().clone() for name, tensor in tensors.items()
                if tensor.dtype in (torch.float32, torch.float16, torch.bfloat16)}
    safetensors.torch.save_file(expected, f"{directory}/expected.safetensors", metadata={
        "versions": f"torch {torch.__version__}, safetensors {safetensors.__version__}"})


if __name__ == "__main__":
    main(sys.argv[1])
