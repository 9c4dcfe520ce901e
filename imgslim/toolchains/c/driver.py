"""The command line of gcc, g++, clang and their like, read as the compiler driver reads it."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from imgslim.records import dataclass, field
from imgslim.regex import regex

#: Compiler drivers by name: a target triplet in front, a version behind (``x86_64-linux-gnu-gcc-12``).
_NAME = regex(r"(?:[\w.]+-)*?(?P<tool>musl-gcc|gcc|g\+\+|c\+\+|cc|clang\+\+|clang|c99|c89|tcc)(?:-[\d.]+)?\Z")

#: Text that stands for what expansion could not settle.
HOLE = "\ue000"

#: Options with the value in the next word.
_TWO_WORDS = frozenset(
    {"-o", "-I", "-L", "-l", "-D", "-U", "-x", "-include", "-isystem", "-iquote", "-idirafter", "-imacros", "-MF"}
    | {"-MT", "-MQ", "-Xlinker", "-Xassembler", "-Xpreprocessor", "-T", "-u", "-e", "-z", "-target", "-arch", "-B"}
    | {"-iprefix", "-isysroot", "--sysroot", "--param", "-Xclang", "-framework", "-soname", "-rpath", "-aux-info"}
)
_C = (".c",)
_CXX = (".cc", ".cpp", ".cxx", ".c++", ".C", ".CPP", ".cp")
_OTHER = (".s", ".S", ".sx", ".asm", ".m", ".i", ".ii", ".mm")
SOURCES = _C + _CXX + _OTHER


@dataclass(slots=True)
class Invocation:
    """What one run of a compiler driver does."""

    tool: str
    cxx: bool
    #: ``link``, ``compile`` (``-c``), ``assemble`` (``-S``) or ``none`` (preprocess, print).
    mode: str = "link"
    #: As written; None for the default name.
    output: str | None = None
    inputs: list[str] = field(default_factory=list)
    #: ``-l`` names in order.
    libs: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    #: Macros with string values.
    macros: dict[str, str] = field(default_factory=dict)
    static: bool = False
    static_pie: bool = False
    shared: bool = False
    #: Words of which nothing is known.
    holes: list[str] = field(default_factory=list)
    #: Options that forbid or change static linking.
    special: list[str] = field(default_factory=list)
    language: str | None = None
    features: set[str] = field(default_factory=set)


@lru_cache(maxsize=4096)
def compiler(name: str) -> str | None:
    """The kind of compiler driver a command name is, such as ``gcc`` for ``x86_64-linux-gnu-gcc-12``; None for none."""
    match = _NAME.match(posixpath.basename(name))
    return match["tool"] if match else None


def is_cxx(path: str) -> bool:
    """Tell whether a source is C++ by its suffix, as the driver does."""
    return path.endswith(_CXX)


def invocation(argv: tuple[str, ...]) -> Invocation | None:
    """Read a compiler's command line; None where it is no compiler."""
    tool = compiler(argv[0]) if argv else None
    if tool is None:
        return None
    out = Invocation(tool, cxx=tool.endswith("++"))
    words = iter(argv[1:])
    for word in words:
        value = next(words, "") if word in _TWO_WORDS else None
        _option(out, word, value)
    return out


def _option(out: Invocation, word: str, value: str | None) -> None:
    flag, text = (word, value) if value is not None else (word[:2], word[2:])
    if not word.startswith("-") or word == "-":
        _operand(out, word)
    elif flag == "-o" and not word.startswith("-openmp"):
        out.output = text
    elif word in {"-c", "-S"}:
        out.mode = {"-c": "compile", "-S": "assemble"}[word]
    elif word in {"-E", "-M", "-MM", "--version", "-v", "-###", "-dumpversion", "-dumpmachine", "-fsyntax-only"}:
        out.mode = "none"
    elif flag == "-l":
        out.libs.append(text)
    elif flag == "-L":
        out.folders.append(text)
    elif flag == "-I" or word in {"-iquote", "-isystem", "-idirafter"}:
        out.includes.append(text)
    elif flag == "-D":
        _macro(out, text)
    elif flag == "-x":
        out.language = text
    else:
        _link_option(out, word, value)


def _link_option(out: Invocation, word: str, value: str | None) -> None:
    if word in {"-static", "--static"}:
        out.static = True
    elif word == "-static-pie":
        out.static = out.static_pie = True
    elif word in {"-shared", "--shared", "-qmkshrobj"}:
        out.shared = True
    elif word in {"-pthread", "-pthreads"}:
        out.libs.append("pthread")
    elif word in {
        "-pie",
        "-m32",
        "-mx32",
        "-nostdlib",
        "-nodefaultlibs",
        "-nostartfiles",
        "-r",
        "-fopenmp",
        "-pg",
    } or word.startswith(("-fsanitize", "-stdlib=", "-fuse-ld=", "-target", "--target", "--coverage", "-fprofile-g")):
        out.special.append(word)
    elif word.startswith("-Wl,") or word in {"-Xlinker", "-T", "-e", "-z"}:
        _linker_words(out, word.split(",")[1:] if value is None else [value])
    elif word.startswith("@") or word == HOLE:
        out.holes.append(word)


def _linker_words(out: Invocation, words: list[str]) -> None:
    for word in words:
        if word in {"-Bstatic", "-Bdynamic", "-static", "-dn", "-dy"} or word.startswith(
            ("--dynamic-linker", "-dynamic-linker", "-I", "-T", "-l")
        ):
            out.special.append(f"-Wl,{word}")


def _operand(out: Invocation, word: str) -> None:
    if word.startswith("@") or HOLE in word:
        out.holes.append(word)
    else:
        out.inputs.append(word)


def _macro(out: Invocation, text: str) -> None:
    name, _, value = text.partition("=")
    if len(value) > 1 and value[0] == value[-1] == '"' and HOLE not in value:
        out.macros[name] = value[1:-1]
    out.features.add(name)
