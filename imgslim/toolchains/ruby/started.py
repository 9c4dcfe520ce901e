"""Which Ruby program a command line starts: ``ruby app.rb``, ``bundle exec puma``, ``bin/rails server``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.search import searched
from imgslim.records import dataclass, replace
from imgslim.regex import regex
from imgslim.toolchains.first_file import first_file
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.values import Value

_RUBY = regex(r"ruby(\d+(\.\d+)*)?")
_SHEBANG = regex(rb"#![ \t]*(\S*/env[ \t]+(?:-S[ \t]+)?)?(\S*ruby[\d.]*)(?:[ \t][^\n]*)?\r?\n")
#: Programs of gems whose name is not the gem's, by the gems' own specifications.
GEMS_OF = {
    "rackup": ("rack", "rackup"), "rails": ("railties", "rails"), "unicorn_rails": ("unicorn",), "pumactl": ("puma",),
    "sidekiqmon": ("sidekiq",), "resque-web": ("resque",), "spring": ("spring",), "middleman": ("middleman-cli",),
    "whenever": ("whenever",), "rake": ("rake",), "irb": ("irb",),
}  # fmt: skip
#: Options of ruby that take a value: as the next word, or right behind the letter (ruby(1)).
_VALUED = "ICrEKTWx"


@dataclass(frozen=True, slots=True)
class Started:
    """A Ruby program as a command line starts it."""

    #: The interpreter as written, by name or path.
    interpreter: str = "ruby"
    #: The file of the project that it reads first, absolute; "" where a gem's program is started.
    script: str = ""
    #: The gem's program: ``puma``.
    program: str = ""
    #: What ``-e`` gives.
    code: str = ""
    #: True behind ``bundle exec``, or where the verb is one of Bundler's own.
    bundled: bool = False
    #: True where the first line of a script asks env(1) for the interpreter.
    by_env: bool = False
    #: The words behind it.
    arguments: tuple[str, ...] = ()
    #: Libraries by ``-r`` and folders by ``-I``.
    required: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def is_ruby(word: str) -> bool:
    """Tell whether a word is the interpreter's name or path."""
    return _RUBY.fullmatch(word.rsplit("/", 1)[-1]) is not None


def started(argv: tuple[str, ...], cwd: Value, project: Project) -> Started | None:
    """Tell what a command line starts; None where it is no Ruby by any evidence that the text gives."""
    name = argv[0].rsplit("/", 1)[-1]
    if _RUBY.fullmatch(name):
        return _interpreter(argv, cwd, project)
    if name in ("bundle", "bundler"):
        rest = argv[1:]
        if rest[:1] != ("exec",):
            return Started(program="bundle", bundled=True, arguments=rest)
        inner = tuple(w for at, w in enumerate(rest[1:]) if at or w != "--keep-file-descriptors")
        if not inner:
            return None
        found = started(inner, cwd, project) or Started(program=inner[0], arguments=inner[1:])
        return replace(found, bundled=True)
    path, data = first_file(project.files, searched(project.trace.final, argv[0], cwd)) or ("", b"")
    match = _SHEBANG.match(data[:200])
    return Started(match[2].decode(), path, by_env=bool(match[1]), arguments=argv[1:]) if match is not None else None


def as_built(argv: tuple[str, ...], cwd: Value, project: Project) -> Started | None:
    """Tell what the built image shows: a program that a gem or a package brought, whose first line names Ruby."""
    built = project.evidence.built
    if built is None:
        return None
    place = next((real for p in searched(project.trace.final, argv[0], cwd) if (real := built.resolve(p))), "")
    words = built.interpreters.get(place, "").split()
    by_env = bool(words) and words[0].rsplit("/", 1)[-1] == "env"
    words = [w for w in words[1:] if w != "-S"] if by_env else words
    if not words or not _RUBY.fullmatch(words[0].rsplit("/", 1)[-1]):
        return None
    return Started(words[0], program=argv[0].rsplit("/", 1)[-1], by_env=by_env, arguments=argv[1:])


def _interpreter(argv: tuple[str, ...], cwd: Value, project: Project) -> Started | None:
    """Read the interpreter's own options (ruby(1))."""
    required: list[str] = []
    folders: list[str] = []
    code = ""
    rest = list(argv[1:])
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            continue
        letter, value = word[1:2], word[2:]
        if letter == "S" and not value:
            return _by_name(argv[0], tuple(rest), cwd, project)
        if letter == "e" or word.endswith("e"):
            code += (value if letter == "e" and value else rest.pop(0) if rest else "") + "\n"
        elif letter in _VALUED and not value and letter not in "KTWx":
            value = rest.pop(0) if rest else ""
        if letter == "r":
            required.append(value)
        elif letter == "I":
            folders += [p for f in value.split(":") if (p := known(absolute(f, cwd))) is not None]
        elif letter == "C":
            cwd = absolute(value, cwd)
    if code:
        return Started(argv[0], code=code, arguments=tuple(rest), required=tuple(required), folders=tuple(folders))
    if not rest:
        return None
    script = known(absolute(rest[0], cwd))
    if script is None:
        return None
    return Started(argv[0], script, arguments=tuple(rest[1:]), required=tuple(required), folders=tuple(folders))


def _by_name(interpreter: str, words: tuple[str, ...], cwd: Value, project: Project) -> Started | None:
    """``ruby -S puma``: the program is looked for on PATH."""
    if not words:
        return None
    found = started(words, cwd, project) or Started(program=words[0], arguments=words[1:])
    return replace(found, interpreter=interpreter)
