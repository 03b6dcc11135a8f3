"""Draws what `blockskim answer` shows in a terminal as an SVG: the text with the answer highlighted and dropped blocks dimmed.

    blockskim answer --question Q --context-file FILE --format json | python Scripts/answer_picture.py FILE > picture.svg
"""

import json
import sys
import textwrap
from xml.sax.saxutils import escape

COLUMNS, CHARACTER_WIDTH, LINE_HEIGHT, MARGIN = 104, 7.8, 20, 16
FILLS = {"kept": "#e6edf3", "dropped": "#545d68", "answer": "#0d1117", "note": "#7d8590"}


def styles_of(report, text):
    """The style of every scalar of the text: dropped where no window kept it."""
    styles = ["kept"] * len(text)
    blocks = report.get("skim", {}).get("blocks", [])
    for kept in (False, True):
        for block in blocks:
            if block["kept"] == kept:
                styles[block["start"]:block["end"]] = ["kept" if kept else "dropped"] * (block["end"] - block["start"])
    for answer in report["answers"]:
        styles[answer["start"]:answer["end"]] = ["answer"] * (answer["end"] - answer["start"])
    return styles


def lines_of(text):
    """Ranges of the text that fit on a line."""
    start = 0
    for paragraph in text.split("\n"):
        offset = start
        for line in textwrap.wrap(paragraph, COLUMNS) or [""]:
            begin = text.index(line, offset)
            offset = begin + len(line)
            yield begin, offset
        start += len(paragraph) + 1


def layers_of(skim):
    *others, last = map(str, skim["layers"])
    return f"layers {', '.join(others)} and {last}" if others else f"layer {last}"


def main():
    text = open(sys.argv[1], encoding="utf-8").read().rstrip()
    report = json.load(sys.stdin)
    styles = styles_of(report, text)
    skim = report.get("skim")
    kept = f"; {100 * skim['keptFraction']:.0f} % of {report['tokens']} tokens kept after {layers_of(skim)}" if skim else ""
    rows = [[(f"? {report['question']}", "kept")], [(f"{report['answers'][0]['text']}{kept}", "note")], []]
    for begin, end in lines_of(text):
        runs = []
        for offset in range(begin, end):
            if runs and runs[-1][1] == styles[offset]:
                runs[-1] = (runs[-1][0] + text[offset], styles[offset])
            else:
                runs.append((text[offset], styles[offset]))
        rows.append(runs)
    width, height = COLUMNS * CHARACTER_WIDTH + 2 * MARGIN, len(rows) * LINE_HEIGHT + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" font-size="13" '
          'font-family="ui-monospace, Menlo, DejaVu Sans Mono, monospace">')
    print('<rect width="100%" height="100%" rx="8" fill="#0d1117"/>')
    for row, runs in enumerate(rows):
        column, baseline = 0, MARGIN + (row + 0.7) * LINE_HEIGHT
        for run, style in runs:
            x, length = MARGIN + column * CHARACTER_WIDTH, len(run) * CHARACTER_WIDTH
            if style == "answer":
                print(f'<rect x="{x:.1f}" y="{baseline - 14:.1f}" width="{length:.1f}" height="{LINE_HEIGHT - 2}" fill="#3fb950"/>')
            print(f'<text x="{x:.1f}" y="{baseline:.1f}" fill="{FILLS[style]}" textLength="{length:.1f}" '
                  f'xml:space="preserve">{escape(run)}</text>')
            column += len(run)
    print("</svg>")


main()
