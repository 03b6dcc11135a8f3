"""The versions of what is measured."""

import importlib.metadata
import sys
from pathlib import Path

from engines import EngineError

# What each engine needs, and what the versions in the report are of.
PACKAGES = {
    "onnxruntime": ["onnxruntime", "onnx", "torch", "transformers", "numpy"],
    "openvino": ["openvino", "nncf", "onnx", "torch", "transformers", "numpy"],
    "pytorch": ["torch", "transformers", "numpy"],
}


def package_versions(engines):
    """Versions by package of what the engines need; an error says how to install what is missing."""
    versions = {}
    for package in dict.fromkeys(p for name in engines for p in PACKAGES.get(name, [])):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            raise EngineError(
                f"{package} is not installed; run: {sys.executable} -m pip install -r "
                f"{Path(__file__).with_name('requirements.txt')} (or leave engines out with --engines)") from None
    return versions
