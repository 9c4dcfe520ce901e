"""What a ``java`` command line starts, and which files it names ("The java Command", JDK tool specifications)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Options whose value is the next word; those with two dashes also take it after ``=``.
_VALUED = frozenset("""
-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --limit-modules --add-opens
--add-exports --add-reads --patch-module --source -d --describe-module --enable-native-access --illegal-native-access
--finalization
""".split())  # fmt: skip
_CLASS_PATH = frozenset({"-cp", "-classpath", "--class-path"})
_MODULE_PATH = frozenset({"-p", "--module-path", "--upgrade-module-path"})
#: Options that name a file that is read: agents, lists, archives of classes, settings by well-known properties.
_FILE = regex(
    r"(?:-javaagent:|-agentpath:|-Xbootclasspath/a:|-XX:SharedArchiveFile=|-XX:Flags=|-Xshare:file=|-XX:AOTCache=|"
    r"-D(?:java\.util\.logging\.config\.file|javax\.net\.ssl\.(?:trustStore|keyStore)|java\.security\.policy|"
    r"java\.security\.auth\.login\.config|log4j\.configurationFile|log4j2\.configurationFile|log4j\.configuration|"
    r"logback\.configurationFile|logging\.config|config\.file|spring\.config\.(?:location|additional-location))="
    r"(?:file:(?://)?)?)(?P<path>[^=,]+)"
)
#: These only tell something and end, or run one source file: nothing that was built.
_TELLS = frozenset({"-version", "--version", "-help", "--help", "-h", "-?", "--list-modules", "-X", "--help-extra"})
#: Variables from which the launcher or the machine itself takes more options (java, "JDK_JAVA_OPTIONS").
_OPTIONS = ("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")


@dataclass(slots=True)
class Launch:
    """A started Java program."""

    #: ``-jar``: the file; "" without.
    jar: str = ""
    #: The main class; "" with ``-jar`` or a module.
    main: str = ""
    #: The single source file that ``java Hello.java`` compiles at each start (JEP 330).
    source: str = ""
    #: Class path and module path, as written; of ``-jar`` only what the file's own manifest adds is left out.
    path: list[str] = field(default_factory=list)
    #: Other files that options name.
    files: list[str] = field(default_factory=list)
    #: Why not all of it is known; "" where it is.
    open_end: str = ""
    #: Every option of the launcher and the machine, as written.
    options: list[str] = field(default_factory=list)


def is_java(word: str) -> bool:
    """Tell whether a word starts the launcher."""
    return word.rsplit("/", 1)[-1] == "java"


def read_launch(argv: tuple[str, ...], env: Mapping[str, object]) -> Launch | None:
    """Read a command line; None where it starts no program.

    Args:
        argv: the words; "" is a word that is not literal.
        env: the environment of the running image.
    """
    launch = Launch()
    words = iter([*_from_env(env, launch), *argv[1:]])
    class_path = env.get("CLASSPATH")
    for word in words:
        if not word:
            launch.open_end = "an option is not literal"
        elif word in _TELLS:
            return None
        elif word.startswith("@"):
            launch.open_end = f"the options in {word[1:]} are not read"
            launch.files.append(word[1:])
        elif word == "-jar":
            launch.jar = next(words, "")
            return launch
        elif word in ("-m", "--module") or word.startswith("--module="):
            launch.main = next(words, "") if "=" not in word else word.partition("=")[2]
            return launch
        elif word.startswith("-"):
            _option(word, words, launch)
        elif word.endswith(".java"):
            launch.source = word
            return launch
        else:
            launch.main = word
            if not launch.path:
                launch.path = _parts(class_path) if isinstance(class_path, str) and class_path else ["."]
            return launch
    launch.open_end = launch.open_end or "what it starts is not named"
    return launch if launch.open_end == "an option is not literal" or len(argv) > 1 else None


def _from_env(env: Mapping[str, object], launch: Launch) -> list[str]:
    found: list[str] = []
    for name in _OPTIONS:
        value = env.get(name)
        if isinstance(value, str):
            found += value.split()
        elif value is not None:
            launch.open_end = f"{name} is not literal"
    return found


def _option(word: str, words: Iterator[str], launch: Launch) -> None:
    launch.options.append(word)
    name, equals, value = word.partition("=")
    if name in _VALUED and not (equals and name.startswith("--")):
        name, value = word, next(words, "")
    if name in _CLASS_PATH:
        launch.path = _parts(value)
    elif name in _MODULE_PATH:
        launch.path += _parts(value)
    elif (match := _FILE.match(word)) is not None:
        launch.files += [part for part in match["path"].split(":") if part and "://" not in match["path"]]


def _parts(value: str) -> list[str]:
    """The elements of a class path; an empty one is the working directory."""
    return [part or "." for part in value.split(":")]
