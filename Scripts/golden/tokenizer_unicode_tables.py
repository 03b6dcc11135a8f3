"""Writes Sources/TokenizerModule/UnicodeTables.swift by probing Hugging Face tokenizers, scalar by scalar.

Hugging Face's BERT normalizer and pre-tokenizer use Rust crates whose Unicode tables are frozen at different
Unicode versions, so neither the standard nor Swift's own properties can be taken for them. Every property that
the tokenizer asks for is therefore read off the program itself, for each of the 1,112,064 Unicode scalars.

Command (from the root of the repository; about one minute):
    python3 Scripts/golden/tokenizer_unicode_tables.py
Ran with: Python 3.11, tokenizers 0.23.3
"""

import pathlib
import textwrap
import unicodedata

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]

REMOVED, WHITESPACE, CJK, NONSPACING, PUNCTUATION, LOWERCASES, DECOMPOSES, COMBINES = (1 << i for i in range(8))


def bert(**kept):
    options = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**options, **kept}).normalize_str


def probe():
    clean, cjk = bert(clean_text=True), bert(handle_chinese_chars=True)
    strip, lower = bert(strip_accents=True), bert(lowercase=True)
    nfd = normalizers.NFD().normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    flags, decompositions, lowercases = {}, {}, {}
    for c in SCALARS:
        s, f = chr(c), 0
        cleaned = clean("a" + s + "a")
        if cleaned == "aa":
            f |= REMOVED
        elif cleaned == "a a":
            f |= WHITESPACE
        else:
            assert cleaned == "a" + s + "a", hex(c)
        spaced = cjk("a" + s + "a")
        if spaced == "a " + s + " a":
            f |= CJK
        else:
            assert spaced == "a" + s + "a", hex(c)
        decomposed = nfd(s)
        if decomposed != s:
            f |= DECOMPOSES
            decompositions[c] = decomposed
        lowered = lower(s)
        if lowered != s:
            f |= LOWERCASES
            lowercases[c] = lowered
        pieces = [p for p, _ in split("a" + s + "a")]
        if pieces == ["a", s, "a"]:
            f |= PUNCTUATION
        elif pieces == ["a", "a"]:
            # Vertical tabs and their like are white space, but cleaning the text removes them first.
            assert f & (REMOVED | WHITESPACE), hex(c)
            f |= WHITESPACE
        else:
            assert pieces == ["a" + s + "a"] and not f & WHITESPACE, hex(c)
        stripped = strip("a" + s + "a")
        if decomposed == s:
            if stripped == "aa":
                f |= NONSPACING
            else:
                assert stripped == "a" + s + "a", hex(c)
        # Reordered after U+0345 (class 240), or before it U+0334 (class 1): a combining class other than 0.
        if decomposed == s and (nfd("a\u0345" + s) != "a\u0345" + s or nfd("a" + s + "\u0334") != "a" + s + "\u0334"):
            f |= COMBINES
        flags[c] = f
    # The scalars that decompose lose their nonspacing marks as their parts do.
    for c, parts in decompositions.items():
        kept = "".join(p for p in parts if not flags[ord(p)] & NONSPACING)
        assert strip("a" + chr(c) + "a") == "a" + kept + "a", hex(c)
    return flags, decompositions, lowercases


def combining_classes(flags):
    """The class of each combining scalar: the class of the representative that it never changes places with."""
    nfd = normalizers.NFD().normalize_str
    representatives = {}
    for c in SCALARS:
        k = unicodedata.combining(chr(c))
        if k and k not in representatives and flags[c] & COMBINES:
            representatives[k] = chr(c)
    ordered = sorted(representatives.items())
    for (_, a), (_, b) in zip(ordered, ordered[1:]):
        assert nfd("a" + b + a) == "a" + a + b and nfd("a" + a + b) == "a" + a + b
    classes = {}
    for c in SCALARS:
        if not flags[c] & COMBINES:
            continue
        s = chr(c)
        same = [k for k, r in ordered if nfd("a" + s + r) == "a" + s + r and nfd("a" + r + s) == "a" + r + s]
        assert len(same) == 1, hex(c)
        classes[c] = same[0]
    return classes


def word_scalars():
    """What `single_word` counts as part of a word, on the left and on the right of the added token."""
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.add_tokens([AddedToken("zz", single_word=True, normalized=False)])
    stripper = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    stripper.add_tokens([AddedToken("zz", lstrip=True, rstrip=True, normalized=False)])
    words, spaces = set(), set()
    for c in SCALARS:
        left = len(tokenizer.encode("-" + chr(c) + "zz").ids) == 1
        right = len(tokenizer.encode("zz" + chr(c) + "-").ids) == 1
        assert left == right, hex(c)
        if left:
            words.add(c)
        if stripper.encode("-" + chr(c) + "zz" + chr(c) + "-").offsets[1] == (1, 5):
            spaces.add(c)
    return words, spaces


def ranges(values):
    """[(start, value)] where the value of a scalar differs from that of the scalar before; surrogates join in."""
    out, last = [], 0
    for c in SCALARS:
        if values.get(c, 0) != last:
            last = values.get(c, 0)
            out.append((c, last))
    return out


def array(name, comment, type_, values, hexadecimal=True):
    items = ", ".join(f"0x{v:X}" if hexadecimal else str(v) for v in values) + ","
    body = textwrap.fill(items, 108, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"    /// {comment}\n    static let {name}: [{type_}] = [\n{body}\n    ]\n"


def runs(lowercases):
    """Single-scalar lower-case mappings as runs (first, count, stride, delta)."""
    out = []
    for c in sorted(lowercases):
        delta = ord(lowercases[c]) - c
        if out:
            first, count, stride, d = out[-1]
            if d == delta and (count == 1 and c - first <= 2 or c == first + count * stride):
                out[-1] = (first, count + 1, c - first if count == 1 else stride, d)
                continue
        out.append((c, 1, 1, delta))
    return out


def main():
    flags, decompositions, lowercases = probe()
    classes = combining_classes(flags)
    words, spaces = word_scalars()
    whitespace = {c for c, f in flags.items() if f & WHITESPACE} | {0x20}
    assert spaces == whitespace, "lstrip and rstrip know other spaces than the normalizer"
    several = {c: s for c, s in lowercases.items() if len(s) > 1}
    assert several == {0x130: "i\u0307"}, several
    single = runs({c: s for c, s in lowercases.items() if len(s) == 1})

    hangul = {c for c in decompositions if 0xAC00 <= c <= 0xD7A3}
    assert len(hangul) == 11172
    table = {c: [ord(p) for p in s] for c, s in decompositions.items() if c not in hangul}
    assert max(map(len, table.values())) <= 4
    flag_ranges = ranges({c: f & ~DECOMPOSES if c in hangul else f for c, f in flags.items()})
    class_ranges = ranges(classes)
    word_ranges = ranges({c: 1 for c in words})
    keys = sorted(table)
    starts, parts = [], []
    for c in keys:
        starts.append(len(parts))
        parts += table[c]
    starts.append(len(parts))

    word_comment = r"Word scalars (Rust's `\w`): inside from an even index on, outside from an odd one on."
    text = f"""// Generated by Scripts/golden/tokenizer_unicode_tables.py from tokenizers {tokenizers.__version__}. Do not edit.
// What Hugging Face's BERT tokenizer does with each Unicode scalar, read off the program itself.

/// Unicode as Hugging Face's frozen tables know it; ``ScalarProperties`` looks things up in it.
enum UnicodeTables {{
{array("flagStarts", "The scalars at which the flags change, ascending.", "UInt32", [a for a, _ in flag_ranges])}
{array("flags", "The `ScalarFlags` from the scalar of the same index in `flagStarts` on.", "UInt8",
       [b for _, b in flag_ranges])}
{array("classStarts", "The scalars at which the canonical combining class changes, ascending.", "UInt32",
       [a for a, _ in class_ranges])}
{array("classes", "The canonical combining class from `classStarts` on.", "UInt8", [b for _, b in class_ranges],
       False)}
{array("wordBoundaries", word_comment, "UInt32", [a for a, _ in word_ranges])}
{array("lowercaseFirst", "First scalar of each run of single-scalar lower-case mappings, ascending.", "UInt32",
       [r[0] for r in single])}
{array("lowercaseLast", "Last scalar of the run.", "UInt32", [r[0] + (r[1] - 1) * r[2] for r in single])}
{array("lowercaseDelta", "What the run adds to a scalar.", "Int32", [r[3] for r in single], False)}
{array("decomposing", "Scalars with a canonical decomposition (Hangul syllables excepted), ascending.", "UInt32", keys)}
{array("decompositionStarts", "Where the decomposition of `decomposing` begins in `decompositions`, and the end.",
       "UInt16", starts, False)}
{array("decompositions", "Full canonical decompositions, one after the other.", "UInt32", parts)}}}
"""
    (ROOT / "Sources/TokenizerModule/UnicodeTables.swift").write_text(text)
    print(len(flag_ranges), len(class_ranges), len(word_ranges), len(single), len(keys), len(parts))


main()
