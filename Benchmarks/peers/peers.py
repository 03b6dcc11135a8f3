"""Peers as waiting processes, each on a model that is known to be the right one."""

import contextlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

from agreement import agreement, is_agreed
from engines import EngineError, WaitingEngine

HERE = Path(__file__).resolve().parent
TIME_LIMIT_SECONDS = 1800


class DisagreementError(EngineError):
    """An engine computes something else than PyTorch in f32, by more than its precision explains."""


def environment(threads):
    return dict(os.environ, OMP_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="false")


def prepare(model, length, forms, folder, calibration=None):
    """Writes the models that the peers read into the folder (see prepare.py), unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    finished = folder / "forms.txt"
    there = set(finished.read_text().split()) if finished.exists() else set()
    if there and set(forms) <= there:
        return
    command = [
        sys.executable, str(HERE / "prepare.py"), model, str(folder), "--length", str(length), "--forms", *forms]
    if calibration is not None:
        command += ["--calibration", str(calibration)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise EngineError(
            f"cannot prepare the models\n  {shlex.join(command)}\n{(result.stdout + result.stderr).strip()[-1500:]}")
    finished.write_text(" ".join(sorted(there | set(forms))) + "\n")


def start_peer(script, engine, variant, precision, model, folder, threads, options=()):
    """A waiting engine that is ready, and how its logits agree with PyTorch's.

    An engine that computes something else than PyTorch is an error, so that no wrong model is measured.
    """
    import numpy as np

    logits = folder / f"logits-{engine}.npz"
    waiting = WaitingEngine(engine, [
        sys.executable, str(HERE / script), engine, variant.name, "--precision", precision, "--model", str(model),
        "--folder", str(folder), "--threads", str(threads), "--logits", str(logits), *options,
    ], environment(threads), TIME_LIMIT_SECONDS)
    try:
        waiting.wait_until_ready()
        expected, actual = ([*np.load(path).values()] for path in (folder / "expected.npz", logits))
        found = agreement(expected, actual)
        if not is_agreed(found, precision):
            raise DisagreementError(
                f"{engine}, {variant.name}, {precision}: its logits differ from PyTorch's by up to "
                f'{found["largestDifference"]:.3g}; the noise is {found["noise"]:.3g} of their standard deviation')
    except BaseException:
        waiting.close()
        raise
    return waiting, found


def fastest_variant(found, start, measure):
    """Measures each variant by itself → the fastest, milliseconds by the name of those that were tried.

    `start` makes a waiting engine of a variant, `measure` gives milliseconds of that engine. One variant alone is not
    tried. One whose logits disagree is passed over, with the reason in place of the milliseconds.
    """
    if len(found) == 1:
        return found[0], {}
    tried = {}
    for variant in found:
        try:
            with contextlib.closing(start(variant)) as engine:
                tried[variant.name] = measure(engine)
        except DisagreementError as error:
            tried[variant.name] = str(error)
    usable = [variant for variant in found if not isinstance(tried[variant.name], str)]
    if not usable:
        raise EngineError("\n".join(map(str, tried.values())))
    return min(usable, key=lambda variant: tried[variant.name]), tried


def passed_over(tried):
    """Why variants were not measured, one sentence each."""
    return [f"Not measured: {reason}." for reason in tried.values() if isinstance(reason, str)]


def progress(message):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{message}", end="", file=sys.stderr, flush=True)
