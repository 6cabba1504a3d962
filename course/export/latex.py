r"""Sections of code as LaTeX that compiles, whatever the code contains.

Code stands in `alltt`, which is `verbatim` in which commands work. So every backslash and brace of the
code is written as a command, and no code can end the environment; `listings` and `verbatim` end at
the first \end{lstlisting} in a string. Everything that is written is ASCII: the same file works with
pdfLaTeX, XeLaTeX and LuaLaTeX, with or without a package for the encoding or for fonts.
"""

# ruff: noqa: RUF001 (the tables are about just such characters)
from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from course.export.sources import Piece

__all__ = ["to_latex"]

HEADINGS = ("section", "subsection", "subsubsection", "paragraph")
WIDTH = 80  # columns that fit on a line at \footnotesize in the article class,
STANDALONE_WIDTH = 105  # and on one of our own document
TAB = 4

# In both kinds of text the character itself would be a command, or print as another one.
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
}
# Only in headings: in alltt these stand for themselves.
SPECIAL_IN_TEXT = {
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "-": "-{}",  # -- would become a dash
}
GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
)
CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
SYMBOLS = {
    "×": "times", "·": "cdot", "÷": "div", "±": "pm", "∓": "mp", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx",
    "≡": "equiv", "∝": "propto", "∞": "infty", "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "∫": "int",
    "∈": "in", "∉": "notin", "∀": "forall", "∃": "exists", "∅": "emptyset", "⊂": "subset", "∪": "cup", "∩": "cap",
    "→": "rightarrow", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow",
    "⇔": "Leftrightarrow", "↦": "mapsto", "↑": "uparrow", "↓": "downarrow", "⊙": "odot", "⊗": "otimes", "⊕": "oplus",
    "∘": "circ", "√": "surd", "…": "ldots", "∧": "wedge", "∨": "vee", "¬": "neg", "µ": "mu", "ϵ": "epsilon",
    "ε": "varepsilon", "ς": "varsigma", "ϕ": "phi", "φ": "varphi", "ℓ": "ell", "⋅": "cdot", "∗": "ast",
    "↪": "hookrightarrow",
}  # fmt: skip
TEXT = {
    "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "\N{NO-BREAK SPACE}": " ", "ß": r"{\ss}",
    "ø": r"{\o}", "Ø": r"{\O}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "§": r"{\S}", "−": "-",
    "°": r"\textdegree{}",
}  # fmt: skip
# \sp and \sb, because ^ and _ are plain characters in alltt.
SCRIPTS = {"⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ": ("sp", "0123456789+-nT"), "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼ": ("sb", "0123456789+-ij")}
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip


def to_latex(sections: Iterable[tuple[str, list[Piece]]], level: int, standalone: bool = False) -> str:
    r"""sections: (title, code). level: of their headings, 1 to 3; names get one level below.
    standalone: a document of its own; else for \input{} into one whose preamble loads alltt."""
    parts = [] if standalone else [r"% For \input{}. The preamble needs: \usepackage{alltt,textcomp}"]
    width = STANDALONE_WIDTH if standalone else WIDTH
    for title, pieces in sections:
        parts.append(rf"\{HEADINGS[level - 1]}{{{in_text(' '.join(title.split()))}}}")
        for piece in pieces:
            parts.append(rf"\{HEADINGS[level]}{{\texttt{{{in_text(piece.name)}}}}}")
            parts.append(rf"\noindent\texttt{{{in_text(piece.file)}}}, line {piece.line}")
            parts.append(f"{{\\footnotesize\n\\begin{{alltt}}\n{in_alltt(piece.code, width)}\n\\end{{alltt}}}}")
    text = "\n\n".join(parts) + "\n"
    return f"{BEFORE}{text}{AFTER}" if standalone else text


BEFORE = r"""\documentclass{article}
\usepackage{alltt,textcomp}
\usepackage[margin=2.5cm]{geometry}
\begin{document}

"""
AFTER = r"""
\end{document}
"""


def in_text(text: str) -> str:
    return "".join([SPECIAL_IN_TEXT.get(c) or character(c) for c in text])


def in_alltt(code: str, width: int = WIDTH) -> str:
    lines = [part for line in code.split("\n") for part in wrapped(line.expandtabs(TAB), width)]
    return "\n".join(["".join(map(character, line)) for line in lines])


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """The line in parts of at most `width` columns, broken at spaces where there are some, each but the
    first behind an arrow: alltt would let it run off the page."""
    parts, indent = [], len(line) - len(line.lstrip())
    before = " " * min(indent + TAB, width // 2) + "↪ "
    while len(line) > width:
        blank = line.rfind(" ", max(len(before), indent) + 1, width + 1)
        end = blank if blank > 0 else width
        parts.append(line[:end])
        line = before + line[end:].lstrip(" ")
    return [*parts, line]


def _characters() -> dict[str, str]:
    table = dict(SPECIAL)
    for name in GREEK.split():
        table[unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if name == 'lambda' else name}")] = math(f"\\{name}")
    for name in CAPITALS.split():
        table[unicodedata.lookup(f"GREEK CAPITAL LETTER {'LAMDA' if name == 'Lambda' else name}")] = math(f"\\{name}")
    table.update({c: math(f"\\{name}") for c, name in SYMBOLS.items()})
    for characters, (mark, plain) in SCRIPTS.items():
        table.update({c: math(f"\\{mark}{{{p}}}") for c, p in zip(characters, plain)})
    return {**table, **TEXT}


def math(command: str) -> str:
    return rf"\ensuremath{{{command}}}"


TABLE = _characters()


def character(c: str) -> str:
    """One character of code. What LaTeX's basic fonts do not have is shown by its number: [U+1F600]."""
    if c in TABLE:
        return TABLE[c]
    if " " <= c <= "~":
        return c
    base, *marks = unicodedata.normalize("NFD", c)
    if len(marks) == 1 and marks[0] in ACCENTS and base.isascii() and base.isalpha():
        dotless = {"i": r"\i", "j": r"\j"}.get(base, base)  # the accent takes the place of the dot
        return rf"\{ACCENTS[marks[0]]}{{{dotless}}}"
    return f"[U+{ord(c):04X}]"
