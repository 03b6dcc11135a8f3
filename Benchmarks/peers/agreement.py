"""Whether a peer runs the model that it should: its logits beside PyTorch's in f32."""

# Root mean square of the differences over the standard deviation of the logits. A wrong model gives about 1.4. These
# bounds find a wrong model; they are no measure of quality, which questions.py gives in EM and F1.
MOST_NOISE = {"f32": 0.001, "bf16": 0.1, "int8": 0.5}


def agreement(expected, actual):
    """The largest difference of two lists of logits, and `noise`, see `MOST_NOISE`."""
    import numpy as np

    expected, actual = (
        np.concatenate([np.ravel(a) for a in arrays]).astype(np.float64) for arrays in (expected, actual))
    if expected.shape != actual.shape:
        raise ValueError(f"{actual.size} logits in place of {expected.size}")
    differences = actual - expected
    return {
        "largestDifference": float(np.abs(differences).max()),
        "noise": float(np.sqrt(np.mean(differences ** 2)) / expected.std()),
    }


def is_agreed(found, precision):
    return found["noise"] <= MOST_NOISE[precision]
