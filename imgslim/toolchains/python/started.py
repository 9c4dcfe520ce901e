"""What the words of a started program mean to Python: a script, a module, code, or a console script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass, replace
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

_PYTHON = regex(r"python(\d+(\.\d+)?)?")
#: Options of the interpreter that take the next word (python --help).
_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
#: Console scripts that are never anything but a Python program, with the distribution that brings each.
SCRIPTS = {
    "gunicorn": "gunicorn", "uvicorn": "uvicorn", "hypercorn": "hypercorn", "daphne": "daphne", "granian": "granian",
    "waitress-serve": "waitress", "uwsgi": "uwsgi", "flask": "flask", "django-admin": "django", "celery": "celery",
    "fastapi": "fastapi-cli", "streamlit": "streamlit", "alembic": "alembic", "jupyter": "jupyter-core",
    "jupyter-lab": "jupyterlab", "jupyter-notebook": "notebook", "ipython": "ipython", "pytest": "pytest", "rq": "rq",
    "dramatiq": "dramatiq", "sanic": "sanic", "scrapy": "scrapy", "twistd": "twisted", "bokeh": "bokeh",
    "chalice": "chalice", "gradio": "gradio", "mkdocs": "mkdocs", "tox": "tox", "mlflow": "mlflow", "luigid": "luigi",
    "airflow": "apache-airflow", "dagster": "dagster", "prefect": "prefect", "panel": "panel", "locust": "locust",
    "supervisord": "supervisor", "huey_consumer": "huey", "arq": "arq", "faust": "faust", "pserve": "pyramid",
}  # fmt: skip
#: Of them those that an installer compiles: they are linked with Python's library, and start no interpreter.
COMPILED = frozenset({"uwsgi"})
#: Programs that start the program named after their own words.
_RUNNERS = {"poetry": "run", "pipenv": "run", "uv": "run", "pdm": "run"}
_RUNNER_VALUES = frozenset({"--directory", "--project", "-p", "--python", "--extra", "--group", "--with", "-m"})
_INSTALLERS = ("pip", "python", "poetry", "pipenv", "uv", "pdm", "virtualenv", "easy_install")
#: ``package.module:attribute``, ``package.module:make()``; the attribute may be left out.
_TARGET = regex(r"([A-Za-z_]\w*(?:\.\w+)*)(?::[\w.]+(?:\(.*\))?)?")


@dataclass(frozen=True, slots=True)
class Started:
    """One start of Python."""

    #: As the entry says it, for people.
    what: str
    #: The console script or interpreter that is looked up.
    program: str
    script: str = ""
    module: str = ""
    code: str = ""
    #: Modules that the arguments name (``app:app``), each looked for from :attr:`folder` on.
    targets: tuple[str, ...] = ()
    #: Where the arguments say that modules are looked for; "" is the working directory.
    folder: str = ""
    #: A runner that starts it (``poetry run``), "" where none does.
    runner: str = ""


def is_python(word: str) -> bool:
    """Tell whether a word is the interpreter's name or path."""
    return _PYTHON.fullmatch(word.rsplit("/", 1)[-1]) is not None


def may_be_ours(word: str, project: Project) -> bool:
    """Tell whether a started program may be Python's: a file for it, or a script that an installer put there."""
    name = word.rsplit("/", 1)[-1]
    place = known(absolute(word, project.trace.final.workdir)) if "/" in word else None
    if place is not None and (data := project.files.read(place)) is not None:
        first = data[:200].split(b"\n", 1)[0]
        return first.startswith(b"#!") and b"python" in first
    if name in SCRIPTS or name in _RUNNERS or name == "pip":
        return _installs(project)
    return "." not in name and _installs(project)


def _installs(project: Project) -> bool:
    text = project.dockerfile.text
    return any(map(text.__contains__, _INSTALLERS)) and any(
        isinstance(w.value, str) and w.value.rsplit("/", 1)[-1].startswith(_INSTALLERS)
        for _, _, command in project.trace.commands()
        for w in command.words[:4]
    )


def read_words(argv: tuple[str, ...], env_app: str = "") -> Started | None:
    """Take the words apart; None where they start no program (``python -V`` starts none that matters).

    Args:
        argv: what is started.
        env_app: FLASK_APP, where it is set.
    """
    what = " ".join(argv[:4])
    if is_python(argv[0]):
        return _interpreter(argv, what)
    name = argv[0].rsplit("/", 1)[-1]
    if name in _RUNNERS and _RUNNERS[name] in argv[1:]:
        inner = list(argv[argv.index(_RUNNERS[name]) + 1 :])
        while inner and inner[0].startswith("-"):
            inner = inner[2:] if inner[0] in _RUNNER_VALUES else inner[1:]
        found = read_words(tuple(inner), env_app) if inner else None
        if found is None:
            return Started(what, argv[0], runner=argv[0])
        return Started(
            what, found.program, found.script, found.module, found.code, found.targets, found.folder, argv[0]
        )
    return replace(_named(name, argv[1:], env_app), what=what, program=argv[0])


def _interpreter(argv: tuple[str, ...], what: str) -> Started:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-") and rest[0] not in ("-", "--"):
        option = rest.pop(0)
        if option == "-c" or (option.endswith("c") and not option.startswith("--")):
            return Started(what, argv[0], code=rest[0] if rest else "")
        if option == "-m" or (option.endswith("m") and not option.startswith("--")):
            module = rest[0] if rest else ""
            named = _named(module.rsplit(".", 1)[-1], tuple(rest[1:]), "")
            return replace(named, what=what, program=argv[0], module=module)
        if option in _VALUED:
            rest = rest[1:]
    rest = rest[1:] if rest[:1] == ["--"] else rest
    return Started(what, argv[0], script=rest[0] if rest else "")


def _named(name: str, arguments: tuple[str, ...], env_app: str) -> Started:
    """The modules, folder and script that the arguments of a well-known program name."""
    options = dict(_options(arguments))
    plain = [w for w in arguments if not w.startswith("-")]
    folder = (
        options.get("--chdir")
        or options.get("--app-dir")
        or options.get("--workdir")
        or options.get("--pythonpath")
        or ""
    )
    match name:
        case "gunicorn" | "uvicorn" | "hypercorn" | "daphne" | "granian" | "sanic" | "waitress-serve":
            asked = [w for w in plain if ":" in w and _TARGET.fullmatch(w)] or plain[-1:]
        case "celery":
            asked = [options[o] for o in ("-A", "--app") if o in options]
        case "flask":
            asked = [options[o] for o in ("-A", "--app") if o in options] or [env_app or "app"]
        case "uwsgi":
            asked = [options[o] for o in ("--module", "-w", "--mount") if o in options]
        case "streamlit" | "fastapi":
            scripts = [w for w in plain if w.endswith(".py")]
            return Started("", name, script=scripts[0] if scripts else "", folder=folder)
        case _:
            asked = []
    scripts = [w for w in asked if w.endswith(".py")]
    targets = tuple(m[1] for w in asked if w not in scripts and (m := _TARGET.fullmatch(w)))
    return Started("", name, script=scripts[0] if scripts else "", targets=targets, folder=folder)


def _options(arguments: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for at, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name.startswith("--") and equals:
            yield name, value
        elif word.startswith("-") and at + 1 < len(arguments):
            yield word, arguments[at + 1]
