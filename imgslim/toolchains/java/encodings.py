"""Encodings that are not in ``java.base``, and who asks for one: literals, arguments, options and locales.

Which are in java.base differs by system and release ("Supported Encodings", JDK internationalization guide); what every
Java machine must have is never in another module (java.nio.charset.Charset, "Standard charsets").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.toolchains.java.scan import Call

#: Such encodings, as literals name them.
_EXTRA = re.compile(
    r"(?:gbk|gb2312|gb18030|big5|shift_jis|sjis|euc|iso-2022|windows-31j|ibm|cp\d|x-|ms\d)[\w-]*", re.IGNORECASE
)
#: Those of java.base on every system.
_STANDARD = re.compile(
    r"utf-?(?:8|16|32)(?:[bl]e)?|us-?ascii|ansi.*|(?:iso-?)?(?:8859-?1|latin-?1)|COMPAT|", re.IGNORECASE
)
_OPTION = regex(r"-D(?:file|native|stdin|stdout|stderr|sun\.jnu|sun\.std\w+)\.encoding=(.*)")
#: By the method or class: the arguments that may be the name of an encoding, by how many there are (java.io,
#: java.lang.String, java.util.Scanner, java.net.URLEncoder, scala.io.Source).
_TAKES = {
    "InputStreamReader": {2: 1}, "OutputStreamWriter": {2: 1}, "Scanner": {2: 1}, "PrintStream": {2: 1, 3: 2},
    "PrintWriter": {2: 1, 3: 2}, "Formatter": {2: 1, 3: 1}, "String": {2: 1, 4: 3}, "getBytes": {1: 0},
    "FileReader": {2: 1}, "FileWriter": {2: 1, 3: 1}, "URLEncoder.encode": {2: 1}, "URLDecoder.decode": {2: 1},
    "toString": {1: 0}, "fromFile": {2: 1},
}  # fmt: skip
#: Constants of the standard ones, numbers, and what is no name of an encoding by its kind.
_OTHER = regex(r"(?:[\w.]+\.)?(?:UTF_\w+|US_ASCII|ISO_8859_1|defaultCharset)|\d.*|true|false|Locale\..*|Charset.*|new|")


def is_extra(text: str) -> bool:
    """Tell whether a literal is the name of one that is not in ``java.base``."""
    return _EXTRA.fullmatch(text) is not None


def takes_any(call: Call) -> bool:
    """Tell whether a call takes the name of an encoding that only the run settles: ``new InputStreamReader(in, name)``.

    ``Charset.forName`` is one by its name alone.
    """
    counts = _TAKES.get(call.last) or _TAKES.get(".".join(call.name.split(".")[-2:])) or {}
    at = counts.get(len(call.arguments))
    # ``Integer.toString(i)``: a class's own method takes a value, an object's (ByteArrayOutputStream) an encoding.
    if at is None or (call.last == "toString" and not call.name.rpartition(".")[0].rpartition(".")[2][:1].islower()):
        return False
    return call.arguments[at] is None and _OTHER.fullmatch(call.heads[at]) is None


def in_option(option: str) -> bool:
    """Tell whether an option of the launcher names another one than those of every Java machine."""
    match = _OPTION.fullmatch(option)
    return match is not None and _STANDARD.fullmatch(match[1]) is None


def in_locale(name: str) -> bool:
    """Tell whether a locale's name has one: ``ja_JP.eucJP``."""
    return _STANDARD.fullmatch(name.partition(".")[2].partition("@")[0]) is None
