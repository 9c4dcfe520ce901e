"""White space as BuildKit's parser sees it: Go's ``unicode.IsSpace`` and its own narrower set."""

from __future__ import annotations

from imgslim.regex import regex

#: What Go's ``unicode.IsSpace`` accepts (the White_Space property); ``str.isspace`` differs by U+001C to U+001F.
SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
#: Separates the keyword from its arguments, and words that are split without regard to quotes.
BLANKS = regex(r"[\t\v\f\r ]+")
#: The first word of HEALTHCHECK ends here; Go looks at bytes.
_ASCII_BLANKS = regex(r"[\t\n\v\f\r ]+")
#: A lone surrogate: a byte that was not UTF-8 (PEP 383), or half of a JSON escape.
SURROGATE = regex("[\ud800-\udfff]")


def first_word(text: str) -> tuple[str, str]:
    """The text up to the first blanks and the text behind them, each "" where there is none."""
    word, rest, *_ = (*_ASCII_BLANKS.split(text, maxsplit=1), "")
    return word, rest


def replaced(text: str) -> str:
    """``text`` as Go holds it after decoding: every byte that is not UTF-8 becomes U+FFFD."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)
