#!/bin/sh
# Sets up what building and running Training/ needs beside Swift: libtorch, from the PyTorch wheel, and the
# plotting program, in the virtual environment .venv-train of the repository. Running it again changes nothing.
#
#     Scripts/train-setup.sh
#
# A libtorch of your own, such as one for CUDA, goes before the virtual environment: set LIBTORCH to the directory
# that holds its include/ and lib/. pip's own settings apply; PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
# takes the wheel without the CUDA libraries.
set -eu
cd "$(dirname "$0")/.."

torch=2.13.0
environment=.venv-train
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null; then
    echo "train-setup: there is no $python. Install it (apt-get install python3-venv) or set PYTHON" >&2
    exit 1
fi
if [ ! -x "$environment/bin/python" ] && ! "$python" -m venv "$environment"; then
    rm -rf "$environment"
    echo "train-setup: $python cannot make a virtual environment. Install it: apt-get install python3-venv" >&2
    exit 1
fi
if ! "$environment/bin/python" - "$torch" <<'CHECK'
import importlib.metadata
import sys

try:
    torch = importlib.metadata.version("torch").split("+")[0]
    for name in ["matplotlib", "numpy", "safetensors"]:
        importlib.metadata.version(name)
except importlib.metadata.PackageNotFoundError:
    sys.exit(1)
sys.exit(torch != sys.argv[1])
CHECK
then
    "$environment/bin/pip" install --quiet --disable-pip-version-check \
        "torch==$torch" matplotlib numpy safetensors
fi
echo "libtorch $torch is in $environment"
