"""What a file's installers put where: pip, venv, poetry, pipenv, uv, pdm, setup.py."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.trace import Run
from imgslim.meaning.wrappers import unwrap
from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.inner import inner_commands
from imgslim.toolchains.python.layout import layout
from imgslim.toolchains.python.requirements import Requirements
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.python.layout import Layout
    from imgslim.values import Value

_PIP = regex(r"pip(\d+(\.\d+)?)?")
_PYTHON = regex(r"(?:.*/)?(?:python|pypy)(\d+(\.\d+)?)?")
#: Options of ``pip install`` that take the next word, beside those that are looked at.
_VALUED = frozenset(
    """
    -i --index-url --extra-index-url -f --find-links --proxy --timeout --retries --cert --client-cert --trusted-host
    --cache-dir --log --progress-bar --only-binary --no-binary --platform --python-version --implementation --abi --root
    --upgrade-strategy --src --config-settings -C --global-option --install-option --report
    --use-feature --exists-action
    --use-deprecated --python --group --extra --python-platform --index-strategy --link-mode -p --keyring-provider
    """.split()
)
_CONDA = frozenset({"conda", "mamba", "micromamba", "pyenv"})
#: Every program that is looked at.
_PROGRAMS = regex(
    r"\.|source|pip[\d.]*|(python|pypy)[\d.]*|venv|virtualenv|uv|poetry|pipenv|pdm|setup\.py|easy_install|conda|mamba"
    r"|micromamba|pyenv|cp|mv"
)
_COPIES = frozenset({"cp", "mv"})
#: Roots that the image's own Python installs below.
_OWN = ("/usr/local", "/usr")
_OFF = frozenset({"false", "0", "no", "off", ""})


@lru_cache(maxsize=4096)  # files have the same commands
def _is_looked_at(name: str) -> bool:
    return _PROGRAMS.fullmatch(name) is not None


@dataclass(slots=True)
class Installs:
    """What was installed by the end of the build."""

    #: ``(step, index)`` of commands that only install.
    commands: set[tuple[int, int]] = field(default_factory=set)
    #: Folders that hold what was installed, with the command that did it.
    trees: dict[str, str] = field(default_factory=dict)
    #: Folders that console scripts lie in.
    scripts: dict[str, None] = field(default_factory=dict)
    #: Environments, oldest first.
    environments: dict[str, None] = field(default_factory=dict)
    requirements: Requirements = field(default_factory=Requirements)
    #: Folders of sources that are imported from where they lie.
    editable: dict[str, None] = field(default_factory=dict)
    #: The first command that installed something.
    span: Span | None = None
    #: Why something installed may lie elsewhere; "" where nothing may.
    lost: str = ""


def commands_of(project: Project) -> frozenset[tuple[int, int]]:
    """``(step, index)`` of the commands that only install.

    What they are says each by its own words; but a copy only serves the build where all of it was installed, be it by a
    script.
    """
    names = {unwrap(command).name or "" for _, _, command in project.trace.commands()}
    copies = not _COPIES.isdisjoint(names)
    if not copies and not any(map(_is_looked_at, names)):
        return frozenset()
    return frozenset(installs(project, scripts=copies).commands)


def installs(project: Project, *, scripts: bool = True) -> Installs:
    """Look at each command of the build once; without ``scripts`` not at what scripts and makefiles of it install."""
    reader = _Reader(project)
    for at, step in enumerate(project.trace.steps):
        if isinstance(step, Run):
            reader.active = ""
            for index, command in enumerate(step.commands):
                reader.point = (at, index)
                if reader.command(command):
                    reader.found.commands.add((at, index))
                elif scripts:
                    reader.inside(command)
    return reader.found


class _Reader:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.found = Installs()
        #: The environment that this step activated.
        self.active = ""
        #: The command that is looked at: what it reads may be gone at the end.
        self.point = (0, 0)
        #: What ``poetry config`` set.
        self.poetry: dict[str, str] = {}

    @cached_property
    def layout(self) -> Layout | None:
        """The image's Python; most commands that are looked at do not ask for it."""
        return layout(self.project)

    @property
    def files(self) -> Files:
        """The files as the command finds them."""
        return self.project.files.before(*self.point)

    def inside(self, command: Command) -> None:
        """Note what a script or a makefile of the project installs; the command that starts it may do more."""
        active = self.active
        for inner in inner_commands(self.project, *self.point, command):
            self.command(inner)
        if command.name not in (".", "source"):
            self.active = active

    def command(self, outer: Command) -> bool:
        """Note what a command installs; tell whether it only serves the build."""
        command = unwrap(outer)
        if not _is_looked_at(command.name or ""):
            return False
        words = [w if isinstance(w, str) else "" for w in command.argv]
        env = {**command.env, **dict(command.assignments)}
        name = words[0].rsplit("/", 1)[-1] if words else ""
        if name in (".", "source") and len(words) > 1 and words[1].endswith("bin/activate"):
            self.active = known(absolute(words[1].removesuffix("/bin/activate"), command.cwd)) or ""
            return True
        if _PYTHON.fullmatch(words[0] if words else "") and len(words) > 1:
            words = self._module(words)
            name = words[0].rsplit("/", 1)[-1] if words else ""
        if not words:
            return False
        if name in _COPIES:
            # A pattern stays as it is written: only all of a folder is looked for.
            return self._moved(
                name, [w.value if isinstance(w.value, str) else w.raw for w in command.words[1:]], command.cwd
            )
        span = outer.span
        text = span.of(self.project.dockerfile.text).split("\n", 1)[0].rstrip("\\ ")[:60]
        if _PIP.fullmatch(name):
            return self._pip(words, command.cwd, env, command.user, text, span)
        if name in ("venv", "virtualenv"):
            plain = [w for w in words[1:] if not w.startswith("-")]
            return self._environment(plain[-1] if plain else "", command.cwd, text, span)
        tool = {"uv": self._uv, "poetry": self._poetry, "pipenv": self._pipenv, "pdm": self._pdm}.get(name)
        if tool is not None:
            return tool(words[1:], command.cwd, env, text, span)
        if name in ("setup.py", "easy_install"):
            self._everywhere(words[0], command.cwd, env, text, span)
            if words[1:2] == ["develop"]:
                self._edit(".", command.cwd)
            self.found.requirements.add_project(self.files, known(absolute(".", command.cwd)) or "")
            return True
        if name in _CONDA:
            self.found.lost = self.found.lost or f"{text!r} installs into an environment of {name}"
            return True
        return False

    def _moved(self, name: str, words: Sequence[str], cwd: Value) -> bool:
        """Follow what was installed to where it is copied as a whole; tell whether that is all that is copied."""
        plain = _plain(words)
        places = [known(absolute(w, cwd)) or "" for w in plain]
        sources, there = places[:-1], places[-1].rstrip("/") if places else ""
        roots = [s.removesuffix("/*").removesuffix("/.").rstrip("/") for s in sources]
        if not there or not roots or not all(root in self.found.trees for root in roots) or "-t" in words:
            return False
        for root, source, word in zip(roots, sources, plain, strict=False):
            why = self.found.trees[root]
            contents = source.endswith("/*") or word.endswith("/.")
            if contents and there in _OWN and self.layout is not None:
                for place in (self.layout.site, self.layout.scripts):
                    self.found.trees.setdefault(place, why)
                self.found.scripts[self.layout.scripts] = None
            else:
                # Into the folder where there is one, else under its name: either lies below it.
                place = there if contents or there not in _OWN else f"{there}/{root.rpartition('/')[2]}"
                self.found.trees.setdefault(place, why)
                self.found.scripts[f"{place}/bin"] = None
            if name == "mv":
                del self.found.trees[root]
                self.found.scripts.pop(f"{root}/bin", None)
        return True

    def _module(self, words: Sequence[str]) -> list[str]:
        """``python -m pip …`` as ``pip …``, with the interpreter's folder; ``python setup.py``; [] for any other."""
        folder = words[0].rpartition("/")[0]
        rest = [w for w in words[1:] if w not in ("-u", "-B", "-I", "-s", "-E")]
        if rest[:1] == ["-m"] and len(rest) > 1 and (_PIP.fullmatch(rest[1]) or rest[1] in _MODULES):
            return [f"{folder}/{rest[1]}" if folder and rest[1] != "venv" else rest[1], *rest[2:]]
        if rest and rest[0].rsplit("/", 1)[-1] == "setup.py" and ("install" in rest or "develop" in rest):
            return ["setup.py", *rest[1:]]
        return []

    # --- where a bare installer installs ---------------------------------------------------------------------

    def _prefix(self, program: str, cwd: Value, env: Mapping[str, Value]) -> str:
        """The environment that a program of that path or name belongs to; "" for the image's own Python."""
        if "/" in program:
            folder = known(absolute(program.rpartition("/")[0], cwd)) or ""
            above = folder.removesuffix("/bin")
            return above if above in self.found.environments else ""
        if self.active:
            return self.active
        path = env.get("PATH", "")
        for folder in path.split(":") if isinstance(path, str) else ():
            above = folder.rstrip("/").removesuffix("/bin")
            if above in self.found.environments:
                return above
            if self.layout is not None and folder in (self.layout.scripts, self.layout.interpreter.rpartition("/")[0]):
                return ""
        return ""

    def _note(self, path: str, scripts: str, text: str, span: Span) -> None:
        self.found.trees.setdefault(path, f"what {text!r} installed")
        self.found.scripts[scripts] = None
        self.found.span = self.found.span or span

    def _everywhere(self, program: str, cwd: Value, env: Mapping[str, Value], text: str, span: Span) -> None:
        """Into the environment in effect, or beside the image's own Python."""
        prefix = self._prefix(program, cwd, env)
        if prefix:
            self._note(prefix, f"{prefix}/bin", text, span)
        elif self.layout is not None:
            self._note(self.layout.site, self.layout.scripts, text, span)
            self._note(self.layout.scripts, self.layout.scripts, text, span)
        else:
            self.found.lost = self.found.lost or f"where {text!r} installs is not known"

    def _home(self, env: Mapping[str, Value], user: Value) -> str:
        home = env.get("HOME")
        if isinstance(home, str) and home:
            return home
        name = user.split(":")[0] if isinstance(user, str) else ""
        return "/root" if name in ("", "root", "0") else f"/home/{name}"

    def _edit(self, path: str, cwd: Value) -> None:
        place = known(absolute(path.partition("[")[0].removeprefix("file://"), cwd))
        if place is not None:
            self.found.editable[place] = None
            self.found.requirements.add_project(self.files, place)

    def _environment(self, path: str, cwd: Value, text: str, span: Span) -> bool:
        place = known(absolute(path, cwd)) if path else None
        if place is None:
            self.found.lost = self.found.lost or f"which folder {text!r} makes is not known"
        else:
            self.found.environments[place] = None
            self._note(place, f"{place}/bin", text, span)
        return True

    # --- tools -------------------------------------------------------------------------------------------------

    def _pip(  # noqa: PLR0917  (what a command is made of)
        self, words: list[str], cwd: Value, env: Mapping[str, Value], user: Value, text: str, span: Span
    ) -> bool:
        verb = next((w for w in words[1:] if not w.startswith("-")), "")
        if verb not in ("install", "sync"):
            return True
        target = prefix = ""
        before, lists = self.found.requirements.asked, False
        per_user = _is_on(env.get("PIP_USER"))
        rest = iter(words[words.index(verb) + 1 :])
        for word in rest:
            option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
            if option in (
                "-t",
                "--target",
                "--prefix",
                "-e",
                "--editable",
                "-r",
                "--requirement",
                "-c",
                "--constraint",
            ):
                value = value if equals else next(rest, "")
                if option in ("-t", "--target"):
                    target = value
                elif option == "--prefix":
                    prefix = value
                elif option in ("-e", "--editable"):
                    self.found.requirements.asked += 1
                    self._edit(value, cwd)
                elif option in ("-r", "--requirement"):
                    lists = True
                    for editable in self.found.requirements.add_file(self.files, value, cwd):
                        self._edit(editable, cwd)
            elif option == "--user":
                per_user = True
            elif option in _VALUED and not equals:
                next(rest, "")
            elif option.startswith("-r") and len(option) > 2 and not option.startswith("--"):  # noqa: PLR2004
                lists = True
                self.found.requirements.add_file(self.files, option[2:], cwd)
            elif not option.startswith("-"):
                self.found.requirements.add_word(self.files, option, cwd)
            elif verb == "sync":
                self.found.requirements.add_file(self.files, option, cwd)
        if lists and before == self.found.requirements.asked:
            return True  # files that ask for nothing
        target = target or _text(env.get("PIP_TARGET"))
        prefix = prefix or _text(env.get("PIP_PREFIX"))
        if target:
            place = known(absolute(target, cwd)) or ""
            self._note(place, f"{place}/bin", text, span)
        elif prefix and (place := known(absolute(prefix, cwd)) or "") not in _OWN:
            self._note(place, f"{place}/bin", text, span)
        elif not self._prefix(words[0], cwd, env) and (per_user or user not in ("", "root", "0")):
            base = _text(env.get("PYTHONUSERBASE")) or f"{self._home(env, user)}/.local"
            self._note(base, f"{base}/bin", text, span)
        else:
            self._everywhere(words[0], cwd, env, text, span)
        return True

    def _uv(self, words: list[str], cwd: Value, env: Mapping[str, Value], text: str, span: Span) -> bool:
        if words[:1] == ["venv"]:
            plain = _plain(words[1:])
            return self._environment(plain[0] if plain else ".venv", cwd, text, span)
        if words[:1] == ["pip"]:
            system = "--system" in words or _is_on(env.get("UV_SYSTEM_PYTHON"))
            path = _text(env.get("VIRTUAL_ENV")) or self.active
            local = known(absolute(".venv", cwd)) or ""
            if not system and not path and local in self.found.environments:
                path = local
            if path and not system:
                self.found.environments[path] = None
                env = {**env, "PATH": f"{path}/bin"}
            given = [w for w in words if w not in ("--system", "--compile-bytecode", "--no-cache")]
            return self._pip(given, cwd, env, "root", text, span)
        if words[:1] == ["sync"] or words[:1] == ["run"]:
            place = _text(env.get("UV_PROJECT_ENVIRONMENT")) or ".venv"
            self.found.requirements.add_project(self.files, known(absolute(".", cwd)) or "", locked="uv.lock")
            return self._environment(place, cwd, text, span)
        if words[:1] == ["python"] or words[:1] == ["tool"]:
            self.found.lost = self.found.lost or f"{text!r} installs beside the image's own Python"
        return True

    def _poetry(self, words: list[str], cwd: Value, env: Mapping[str, Value], text: str, span: Span) -> bool:
        plain = _plain(words)
        if plain[:1] == ["config"] and len(plain) > 2:  # noqa: PLR2004  (config NAME VALUE)
            self.poetry[plain[1]] = plain[2]
        if plain[:1] not in (["install"], ["sync"], ["update"]):
            return True
        self.found.requirements.add_project(self.files, known(absolute(".", cwd)) or "", locked="poetry.lock")
        create = _text(env.get("POETRY_VIRTUALENVS_CREATE")) or self.poetry.get("virtualenvs.create", "true")
        inside = _text(env.get("POETRY_VIRTUALENVS_IN_PROJECT")) or self.poetry.get("virtualenvs.in-project", "false")
        if self._prefix("poetry", cwd, env):
            self._everywhere("poetry", cwd, env, text, span)
        elif create.lower() in _OFF:
            self._everywhere("poetry", cwd, {}, text, span)
        elif inside.lower() not in _OFF:
            self._environment(".venv", cwd, text, span)
        else:
            place = _text(env.get("POETRY_VIRTUALENVS_PATH")) or self.poetry.get("virtualenvs.path", "")
            cache = _text(env.get("POETRY_CACHE_DIR")) or f"{self._home(env, '')}/.cache/pypoetry"
            place = place or f"{cache}/virtualenvs"
            self._note(place, f"{place}/*/bin", text, span)
        if "--no-root" not in words:
            self._edit(".", cwd)
        return True

    def _pipenv(self, words: list[str], cwd: Value, env: Mapping[str, Value], text: str, span: Span) -> bool:
        if _plain(words)[:1] not in (["install"], ["sync"]):
            return True
        self.found.requirements.add_project(self.files, known(absolute(".", cwd)) or "", locked="Pipfile.lock")
        if "--system" in words:
            self._everywhere("pipenv", cwd, {}, text, span)
        elif _is_on(env.get("PIPENV_VENV_IN_PROJECT")):
            self._environment(".venv", cwd, text, span)
        else:
            place = _text(env.get("WORKON_HOME")) or f"{self._home(env, '')}/.local/share/virtualenvs"
            self._note(place, f"{place}/*/bin", text, span)
        return True

    def _pdm(self, words: list[str], cwd: Value, env: Mapping[str, Value], text: str, span: Span) -> bool:  # noqa: ARG002
        if _plain(words)[:1] in (["install"], ["sync"]):
            self.found.requirements.add_project(self.files, known(absolute(".", cwd)) or "", locked="pdm.lock")
            self._environment(".venv", cwd, text, span)
            packages = known(absolute("__pypackages__", cwd)) or ""
            self.found.scripts[packages] = None
        return True


_MODULES = frozenset({"venv", "virtualenv", "poetry", "pipenv", "uv", "pdm", "easy_install"})


def _plain(words: Sequence[str]) -> list[str]:
    return [w for w in words if not w.startswith("-")]


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _is_on(value: Value | None) -> bool:
    return isinstance(value, str) and value.lower() not in _OFF
