"""Medians, ratios, and the ways to print them."""

import json
import statistics

from processor import in_words

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
    """All settings, then our time over that of the fastest peer, then the conditions."""
    table = markdown_table if markdown else text_table
    return "\n\n".join(filter(None, [
        table(*engine_rows(report), left=5), table(*ratio_rows(report), left=2), conditions(report)]))


def engine_rows(report):
    """A row for each engine and setting. `ratio` is its time over that of the fastest peer."""
    head = ["architecture", "tokens", "precision", "engine", "how", "ms (median)", "10 to 90 %", "fastest", "ratio",
            "GFLOP/s", "largest difference"]
    body = []
    for setting in report["settings"]:
        for row in setting["engines"]:
            ratio, difference = row["ratioToFastestPeer"], row.get("largestDifference")
            body.append([
                setting["architecture"], str(setting["length"]), setting["precision"], row["engine"],
                row.get("variant", ""),
                f'{row["medianMilliseconds"]:.1f}',
                f'{row["tenthPercentileMilliseconds"]:.1f} to {row["ninetiethPercentileMilliseconds"]:.1f}',
                f'{row["fastestMilliseconds"]:.1f}',
                "" if ratio is None else f"{ratio:.3f}",
                f'{setting["gflop"] / row["medianMilliseconds"] * 1000:.0f}',
                "" if difference is None else f"{difference:.1g}",
            ])
    return head, body


def ratio_rows(report):
    """Our time over that of the fastest peer: a row for each encoder and length, a column for each precision."""
    precisions = list(dict.fromkeys(setting["precision"] for setting in report["settings"]))
    cells = {}
    for setting in report["settings"]:
        ours = next((row for row in setting["engines"] if row["engine"] == OURS), None)
        if ours and ours["ratioToFastestPeer"] is not None:
            place = cells.setdefault((setting["architecture"], str(setting["length"])), {})
            place[setting["precision"]] = f'{ours["ratioToFastestPeer"]:.3f}'
    body = [[*place, *(row.get(precision, "") for precision in precisions)] for place, row in cells.items()]
    return [f"{OURS} over the fastest peer", "tokens", *precisions], body


def markdown_table(head, body, left):
    """A table whose first columns are aligned to the left, the others to the right; nothing where it has no rows."""
    if not body:
        return ""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *body])


def text_table(head, body, left):
    if not body:
        return ""
    widths = [max(len(cells[column]) for cells in [head, *body]) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths))).rstrip()
        for cells in [head, *body])


def conditions(report):
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        f'{report["threads"]} threads, batch 1, {report["rounds"]} interleaved rounds of '
        f'{report["runs"]} runs; {in_words(report["processor"])}; {versions}', *report["notes"]]
    turns = sum(setting["turns"] for setting in report["settings"])
    if disturbed := sum(setting["disturbedTurns"] for setting in report["settings"]):
        lines.append(f"Other programs were at work during {disturbed} of {turns} turns.")
        if disturbed > turns / 10:
            lines.append(
                "Not to be relied on: that costs some engines far more than others. Repeat it on an idle machine.")
    return "\n".join(lines)
