"""Medians, ratios, and the three ways to print them."""

import json
import statistics

OURS = "blockskim"


def summarise(samples):
    """Samples in milliseconds by engine → a row an engine, fastest first."""
    peers = [name for name in samples if name != OURS]
    medians = {name: statistics.median(values) for name, values in samples.items()}
    fastest_peer = min(peers, key=medians.get, default=None)
    rows = []
    for name, values in sorted(samples.items(), key=lambda item: medians[item[0]]):
        tenth, ninetieth = spread(values)
        rows.append({
            "engine": name,
            "medianMilliseconds": medians[name],
            "tenthPercentileMilliseconds": tenth,
            "ninetiethPercentileMilliseconds": ninetieth,
            "fastestMilliseconds": min(values),
            "samples": len(values),
            "ratioToFastestPeer": medians[name] / medians[fastest_peer] if fastest_peer else None,
        })
    return rows


def spread(values):
    if len(values) < 2:
        return values[0], values[0]
    deciles = statistics.quantiles(values, n=10, method="inclusive")
    return deciles[0], deciles[-1]


def as_json(report):
    return json.dumps(report, indent=2)


def as_table(report, markdown):
    """One table for all settings; the ratio is this engine's time over the fastest peer's, ours at most 1."""
    head = ["architecture", "tokens", "engine", "ms (median)", "10 to 90 %", "fastest", "ratio", "GFLOP/s"]
    body = []
    for setting in report["settings"]:
        for row in setting["engines"]:
            ratio = row["ratioToFastestPeer"]
            body.append([
                setting["architecture"], str(setting["length"]), row["engine"],
                f'{row["medianMilliseconds"]:.1f}',
                f'{row["tenthPercentileMilliseconds"]:.1f} to {row["ninetiethPercentileMilliseconds"]:.1f}',
                f'{row["fastestMilliseconds"]:.1f}',
                "" if ratio is None else f"{ratio:.3f}",
                f'{setting["gflop"] / row["medianMilliseconds"] * 1000:.0f}',
            ])
    if markdown:
        rule = ["---"] * 3 + ["---:"] * (len(head) - 3)
        lines = ["| " + " | ".join(cells) + " |" for cells in [head, rule, *body]]
    else:
        widths = [max(len(cells[column]) for cells in [head, *body]) for column in range(len(head))]
        lines = [
            "  ".join(
                cell.ljust(width) if column < 3 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(cells, widths)))
            for cells in [head, *body]]
    return "\n".join([*lines, "", conditions(report)])


def conditions(report):
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        f'{report["threads"]} threads, batch 1, {report["precision"]}, {report["rounds"]} interleaved rounds of '
        f'{report["runs"]} runs; {report["processor"]}, {report["cores"]} cores; {versions}']
    turns = sum(setting["turns"] for setting in report["settings"])
    if disturbed := sum(setting["disturbedTurns"] for setting in report["settings"]):
        lines.append(f"Other programs were at work during {disturbed} of {turns} turns.")
        if disturbed > turns / 10:
            lines.append(
                "Not to be relied on: that costs some engines far more than others. Repeat it on an idle machine.")
    return "\n".join(lines)
