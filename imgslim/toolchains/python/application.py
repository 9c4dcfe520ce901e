"""The program that is started, as an application: its interpreter, its trees, what its sources need."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.search import searched
from imgslim.meaning.trace import Copy, Run
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Application, Assumption, Declined, Need, NeedKind, Preparation, Tree
from imgslim.regex import regex
from imgslim.toolchains.compiled import compiled_in
from imgslim.toolchains.python.installs import installs
from imgslim.toolchains.python.layout import BY_BUILD_PACKAGES, Layout, layout
from imgslim.toolchains.python.reading import read_program
from imgslim.toolchains.python.requirements import normal_name
from imgslim.toolchains.python.spare import spared
from imgslim.toolchains.python.started import COMPILED, SCRIPTS, Started, is_python, read_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imgslim.meaning.trace import Step
    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.python.installs import Installs
    from imgslim.toolchains.python.reading import Program
    from imgslim.values import Value

#: Folders of a system: what a project puts there is told apart file by file (Filesystem Hierarchy Standard).
_SYSTEM = frozenset(
    "/ /bin /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib "
    "/usr/local /usr/local/bin /usr/local/lib /usr/share /usr/src /var /var/lib /var/www".split()
)
#: Programs that put nothing into a project's folder.
_ELSEWHERE = frozenset({"apk", "apt", "apt-get", "cd", "echo", "rm", "set", "true"})
#: How packages of modules begin: Debian's, Alpine's, Fedora's.
_BEGINNING = regex(r"(?:python|py)[\d.]*-")
#: Modules of the standard library, of its later releases and its earlier ones (docs.python.org, "What's New").
_STANDARD = sys.stdlib_module_names | frozenset(
    """
    asynchat asyncore audioop aifc binhex cgi cgitb chunk crypt formatter imghdr imp mailcap msilib nis nntplib parser
    pipes sndhdr smtpd spwd sunau symbol telnetlib uu xdrlib __main__
    BaseHTTPServer CGIHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO Tkinter
    UserDict __builtin__ cPickle cStringIO commands cookielib exceptions htmlentitydefs httplib md5 sets sha thread
    urllib2 urlparse xmlrpclib
    """.split()
)
#: Locales that the C library has built in.
_PLAIN_LOCALES = frozenset({"", "C", "POSIX", "C.UTF-8", "C.utf8"})
_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
#: Files of the context that may start an installer when the image runs.
_TEXTS = (".py", ".sh", ".bash")
_BYTES = 200_000
#: pip by its name, and what lists every distribution or module (importlib.metadata, pkg_resources, pkgutil).
_PIP = regex(rb"pip|distributions\(|working_set|iter_modules|walk_packages")


def application(argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
    """Tell what Python runs; None where it is another program after all."""
    app = project.trace.final.env.get("FLASK_APP", "")
    started = read_words(argv, app if isinstance(app, str) else "")
    if started is None:
        return None
    found = installs(project)
    if not _is_there(project, started, found, cwd):
        return None
    here = layout(project)
    span = found.span or project.trace.node.span
    if here is None:
        why = f"The entry starts {started.what}, and where this image has its Python is not known."
        return Declined("needs-command", why, project.trace.node.span)
    if found.lost:
        return Declined("build-not-followed", f"{found.lost[0].upper()}{found.lost[1:]}.", span)
    interpreter = _interpreter(project, started, found, here, cwd)
    compiled = _compiled(project, started, cwd)
    read = read_program(
        project, started, cwd, tuple(found.editable), found.requirements.names, installs=bool(found.trees)
    )
    assumptions = list(read.open_ends)
    if found.trees:
        what = next(iter(found.trees.values()))
        why = f"What the packages open and start was not read: {what}."
        assumptions.append(Assumption("sources-unread", why, found.span))
    modules = {tree: where for tree in _own(project, found) if (where := compiled_in(project, tree))}
    if here.packages and not found.trees:
        assumptions += _brought_by_none(read, here.packages, span)
    machine = next(iter(modules.values()), "")
    if machine:
        why = f"{machine} holds code that is no Python: what that opens and starts was not read."
        assumptions.append(Assumption("sources-unread", why, span))
    return Application(
        toolchain="python",
        interpreter=interpreter,
        why=f"the entry starts {started.what}",
        trees=(
            *_trees(project, found, here, _beside(project, started, found, here, cwd), compiled, modules),
            *_links(project, started, here, cwd),
        ),
        library=(
            Tree(here.library, "the standard library", without=() if read.has_windows else ("_tkinter*",)),
            *_of_packages(project, here),
        ),
        prepared=tuple(spared(project, here.library)),
        native=bool(found.trees or machine),
        natives=("*.so*", compiled) if compiled else ("*.so*",),
        needs=(*read.needs, *_runner(started, found), *_locales(project)),
        packages=here.packages if BY_BUILD_PACKAGES.isdisjoint(read.modules) else here.all_packages,
        preparations=tuple(_preparations(project, argv, found, here)),
        sources=tuple(found.requirements.files),
        programs=_scripts(project, found),
        assumptions=tuple(assumptions),
        span=span,
    )


def _brought_by_none(read: Program, packages: tuple[str, ...], span: Span) -> Iterator[Assumption]:
    """Say which modules no package is called after: others ask for some, and installing these alone may not bring them.

    A package with a name of its own (python3-opencv) accounts for a module with one (cv2).
    """
    own = [_plain(_BEGINNING.sub("", name)) for name in packages if _BEGINNING.match(name)]
    left = {n: at for n, at in read.modules.items() if n not in _STANDARD and n not in BY_BUILD_PACKAGES}
    alone = {n: at for n, at in left.items() if not any(_plain(n) in name or name in _plain(n) for name in own)}
    spare = [name for name in own if not any(_plain(n) in name or name in _plain(n) for n in left)]
    if alone and not spare:
        first, where = next(iter(alone.items()))
        more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
        why = f"{where} imports {first}{more}: which of the distribution's packages brings that was not read."
        yield Assumption("modules-unread", why, span)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(".", "")


def _of_packages(project: Project, here: Layout) -> Iterator[Tree]:
    """What the distribution's packages hold beside that: a program may import any of it when it is asked for more."""
    built = project.evidence.built
    if built is None:
        return
    for path in here.modules:
        if any(True for _ in built.below(path)):
            yield Tree(path, "modules of the distribution's packages")


def _runner(started: Started, found: Installs) -> Iterator[Need]:
    """What starts the program and stays beside it (``uv run``), where no installer puts it among the packages."""
    name = started.runner.rsplit("/", 1)[-1]
    if name and not found.requirements.brings(normal_name(name)):
        yield Need(NeedKind.COMMAND, started.runner, f"The entry starts {started.what}")


def _scripts(project: Project, found: Installs) -> frozenset[str]:
    """Console scripts of the packages that are known by name, where anybody asks for some."""
    if not project.uses or not found.scripts:
        return frozenset()
    names = found.requirements.names
    return frozenset(script for script, distribution in SCRIPTS.items() if distribution in names)


def _is_there(project: Project, started: Started, found: Installs, cwd: Value) -> bool:
    """Tell whether a program is Python's: the interpreter, a script for it, or a script that was installed."""
    name = started.program.rsplit("/", 1)[-1]
    if is_python(started.program):
        return True
    places = searched(project.trace.final, started.program, cwd)
    if any(_is_script(project, place) for place in places):
        return True
    folders = tuple(found.scripts)
    if not any(fnmatchcase(p.rpartition("/")[0], folder) for p in places for folder in folders) and not started.runner:
        # Where no Python is known to be, nothing says where installers put scripts either.
        return normal_name(name) in found.requirements.names and layout(project) is None
    if (built := project.evidence.built) is not None:
        # A runner starts what lies in an environment of its own, where PATH does not lead.
        runners = searched(project.trace.final, started.runner, cwd) if started.runner else ()
        if any(built.resolve(p) is not None for p in runners):
            return layout(project) is not None
        place = next((p for p in places if built.resolve(p) is not None), "")
        real = built.resolve(place) or ""
        line = built.interpreters.get(real, "")
        return "python" in line or (not built.is_from_base(real) and not built.owner(real) and bool(place))
    # Scripts beside the main one are named after it: ansible-playbook, celery-exporter.
    own = found.requirements.brings(normal_name(name)) or name in found.requirements.scripts
    return own or name in SCRIPTS or bool(started.runner and layout(project) is not None)


def _is_script(project: Project, place: str) -> bool:
    data = project.files.read(place)
    first = data[:200].split(b"\n", 1)[0] if data else b""
    return first.startswith(b"#!") and b"python" in first


def _compiled(project: Project, started: Started, cwd: Value) -> str:
    """The name of what is started where that is a program of the machine's own, which holds Python; else ""."""
    name = started.program.rpartition("/")[2]
    built = project.evidence.built
    if is_python(started.program) or built is None:
        return name if name in COMPILED else ""
    places = searched(project.trace.final, started.program, cwd)
    real = next((real for place in places if (real := built.resolve(place)) is not None), "")
    return name if real in built.elf else ""


def _interpreter(project: Project, started: Started, found: Installs, here: Layout, cwd: Value) -> str:
    """The interpreter that runs it: an environment's is a link to the image's own."""
    if is_python(started.program):
        for place in searched(project.trace.final, started.program, cwd):
            folder = place.rpartition("/")[0]
            if folder.removesuffix("/bin") in found.environments:
                return here.interpreter
            if folder == here.interpreter.rpartition("/")[0]:
                return project.files.resolve(place)
    return here.interpreter


def _links(project: Project, started: Started, here: Layout, cwd: Value) -> Iterator[Tree]:
    """The name that it is started by where a step made that, as a link to the interpreter: a package brings none."""
    if here.packages and is_python(started.program):
        for place in searched(project.trace.final, started.program, cwd):
            if project.files.resolve(place) != place:
                yield Tree(place, f"a name of {project.files.resolve(place)}", native=False, link=True)
                return


def _beside(project: Project, started: Started, found: Installs, here: Layout, cwd: Value) -> tuple[str, ...]:
    """The scripts that installers put among the system's own programs: as the built image shows, else what starts."""
    if not here.shared or here.scripts not in found.trees:
        return ()
    built = project.evidence.built
    if built is None:
        names = {*_scripts(project, found)}
        place = f"{here.scripts}/{started.program.rpartition('/')[2]}"
        asked = not is_python(started.program) and place in searched(project.trace.final, started.program, cwd)
        return tuple(sorted({f"{here.scripts}/{name}" for name in names} | ({place} if asked else set())))
    paths = (p for p, _ in built.below(here.scripts) if p.rpartition("/")[0] == here.scripts)
    added = sorted(p for p in paths if not built.owner(p) and not built.is_from_base(p))
    return tuple(p for p in added if p in built.elf or "python" in built.interpreters.get(p, ""))


def _trees(  # noqa: PLR0917  (what an application is made of)
    project: Project, found: Installs, here: Layout, beside: tuple[str, ...], compiled: str, modules: Collection[str]
) -> Iterator[Tree]:
    """The project's own folders, then what was installed.

    Sources that are used where they lie, and lie at the root of the image: what COPY put there is told apart already.
    Of the folders those in ``modules`` hold code of the machine.
    """
    own = _minimal([*_own(project, found), *(path for path in found.editable if path != "/")])
    for path in own:
        installed = any(inside(t, path) for t in (*found.trees, *found.editable))
        yield Tree(path, "", native=installed or path in modules)
    for path, why in found.trees.items():
        if here.shared and path == here.scripts:
            yield from (Tree(one, "a program of what was installed", native=bool(compiled)) for one in beside)
        elif not any(inside(path, one) for one in own):
            is_scripts = path in found.scripts
            yield Tree(path, "" if is_scripts else why, native=not is_scripts or bool(compiled))


def _minimal(paths: list[str]) -> list[str]:
    unique = list(dict.fromkeys(paths))
    return [p for p in unique if not any(p != q and inside(p, q) for q in unique)]


def _own(project: Project, found: Installs) -> Iterator[str]:
    """Folders that hold the project's files: the working directory, and where COPY put what Python reads."""
    workdir = project.trace.final.workdir
    stated = isinstance(workdir, str) and workdir not in _SYSTEM and not project.trace.final.workdir_inherited
    if stated and not _only_stated(project, found, str(workdir)):
        yield str(workdir)
    for step in project.trace.steps:
        if not isinstance(step, Copy) or step.origin is not None or not isinstance(step.destination, str):
            continue
        place = step.destination.rstrip("/") or "/"
        if project.files.kind(place) != "folder":
            continue
        sources = [image for image, _ in project.files.walk_context(place) if image.endswith(".py")]
        if place not in _SYSTEM and sources:
            yield place
        elif place in _SYSTEM and place != "/root/.cache":
            yield from dict.fromkeys(_below(place, image) for image, _ in project.files.walk_context(place))


def _only_stated(project: Project, found: Installs, workdir: str) -> bool:
    """Tell whether nothing but WORKDIR makes the folder: the runtime stage's own makes it again, the builder has none.

    A command that was not understood may fill any folder.
    """
    if any(_may_fill(project, step, workdir) for step in project.trace.steps):
        return False
    if any(inside(path, workdir) for path in (*found.trees, *found.scripts, *found.environments, *found.editable)):
        return False
    return all(
        (at, index) in found.commands or (unwrap(command).name in _ELSEWHERE and not command.redirects)
        for at, index, command in project.trace.commands()
    )


def _may_fill(project: Project, step: Step, folder: str) -> bool:
    if isinstance(step, Run):
        return bool(step.opaque) or inside(str(step.scope.workdir), folder)
    if not isinstance(step, Copy):
        return False
    if not isinstance(step.destination, str) or inside(step.destination, folder):
        return True
    unseen = step.origin is not None or not project.context.known
    return inside(folder, step.destination) and (unseen or any(True for _ in project.files.walk_context(folder)))


def _below(folder: str, path: str) -> str:
    """The name right below a folder that a path lies at or below."""
    rest = path.removeprefix(folder.rstrip("/") + "/")
    return f"{folder.rstrip('/')}/{rest.split('/', 1)[0]}"


def _locales(project: Project) -> Iterator[Need]:
    """A locale that the image sets is looked up by Python at start (PEP 538)."""
    for name in _LOCALES:
        value = project.trace.final.env.get(name, "")
        if isinstance(value, str) and value not in _PLAIN_LOCALES:
            yield Need(NeedKind.LOCALE, value, f"ENV sets {name} to {value}")


def _preparations(project: Project, argv: tuple[str, ...], found: Installs, here: Layout) -> Iterator[Preparation]:
    """Take pip out of what goes along: the target has its own, at the same place."""
    if here.packages or here.site not in found.trees or "pip" in " ".join(argv) or _uses_pip(project):
        return
    yield Preparation(
        f"{here.interpreter} -m pip uninstall -y pip",
        "pip is the target's own where that has one; nothing starts it",
    )


def _uses_pip(project: Project) -> bool:
    """Tell whether a file of the project may start pip, import it, or list what is installed, when the image runs."""
    for _, source in project.files.walk_context("/"):
        if source.endswith(_TEXTS):
            data = project.context.read(source)
            if data is not None and len(data) <= _BYTES and _PIP.search(data) is not None:
                return True
    return False
