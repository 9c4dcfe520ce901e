"""Where an image's Python has its programs, its own library, and what installers put beside it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS, ImageFacts
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.installed import installed as installed_by_name

if TYPE_CHECKING:
    from imgslim.model import Project

_MINOR = regex(r"(\d+\.\d+)(?:[.\-ab]|rc|\Z)")
#: The minor version that a release's package python3 is (packages.debian.org, packages.ubuntu.com).
_OF_RELEASE = {
    "buster": "3.7", "bullseye": "3.9", "bookworm": "3.11", "trixie": "3.13", "18.04": "3.6", "20.04": "3.8",
    "22.04": "3.10", "24.04": "3.12", "24.10": "3.12", "25.04": "3.13",
}  # fmt: skip
_LIBRARY = regex(r"(.+/lib(?:64)?/python\d+\.\d+)/os\.py")
#: Without python3 among them, packages whose names begin with python are of Python 2.7, the last one (Debian Python
#: policy, "Python packages").
#: What of the distribution's Python only serves builds: headers, installers, documentation (Debian Python policy).
_FOR_BUILDS = regex(
    r"python\d*(\.\d+)?-(dev|dbg|pip|venv|virtualenv|setuptools|wheel|doc|build|distutils|full|sphinx.*)"
)
#: The same of Alpine, whose modules are packages called ``py3-`` and their name (aports).
_FOR_BUILDS_OF_APK = regex(
    r"py[23]?-(pip|setuptools|wheel|virtualenv|build|installer|hatchling|flit-core|pipenv)|.+-(dev|doc|dbg|pyc)"
)
#: ``python3``, ``python3.11``, ``python39``, with a dash where a module follows; what of it only serves builds.
_PYTHON_OF_RPM = regex(r"python(?:3|(3\.\d+|3\d+))(?:-|\Z)")
_FOR_BUILDS_OF_RPM = regex(
    r"python[\d.]+-(pip|devel|debug|test|setuptools|wheel|virtualenv|tox|idle|build|rpm-macros)(-.+)?"
)
#: How packages are called that bring Python along where the file does not name it.
_BEGINNINGS = ("python3-", "python-", "py3-", "py2-", "py-")
_MODULE_OF_APK = regex(r"py[23]?-|python[23]?-")
_PYTHON = regex(r"python(\d+(\.\d+)?)?")
#: The interpreter by its names, as ``make install`` lays them out.
_NAMES = ("python3", "python")
_MODULE = regex(r"python3?-.+|uwsgi.*|libapache2-mod-wsgi.*|gunicorn\d*|lib.*|ipython3?")


#: Modules that only packages for builds hold, or those that such a package asks for (python3-pip: python3-setuptools,
#: python3-distutils): a program that imports one runs with all that the author named.
BY_BUILD_PACKAGES = frozenset(
    {"distutils", "ensurepip", "lib2to3", "pip", "pkg_resources", "setuptools", "venv", "virtualenv", "wheel"}
)
_HEADERS = regex(r".*-(dev|devel|dbg|debug|doc)")


@dataclass(frozen=True, slots=True)
class Layout:
    """One Python of an image."""

    #: The interpreter's path.
    interpreter: str
    #: Its own library: a path, or a pattern where no tag settles the version.
    library: str
    #: Where pip puts modules and console scripts for all users.
    site: str
    scripts: str
    #: Packages of the distribution that hold it; empty where the image's family does.
    packages: tuple[str, ...] = ()
    #: True where those folders are the system's own: its packages have programs there, too.
    shared: bool = False
    #: Where its packages put modules, apart from its own library.
    modules: tuple[str, ...] = ()
    #: All of them that the file names, those for builds among them, which bring :data:`BY_BUILD_PACKAGES`.
    all_packages: tuple[str, ...] = ()


def layout(project: Project) -> Layout | None:
    """The Python that a bare ``python3`` means in this image; None where there is none that is known."""
    base = project.base
    if isinstance(base, ImageFacts) and base.family == "python":
        minor = _MINOR.match(base.tag or "")
        library = _seen(project, "/usr/local") or f"/usr/local/lib/python{minor[1] if minor else '3.*'}"
        return Layout("/usr/local/bin/python3", library, f"{library}/site-packages", "/usr/local/bin")
    installed = tuple(dict.fromkeys(installed_by_name(project)))
    pythons = [name for name in installed if _PYTHON.fullmatch(name)]
    if not pythons and not any(name.startswith(_BEGINNINGS) or _PYTHON_OF_RPM.match(name) for name in installed):
        return _own(project)
    manager = base.package_manager if isinstance(base, ImageFacts) else None
    if manager in RPM_MANAGERS:
        return _of_rpm(project, installed)
    if manager == "apk":
        return _of_apk(project, installed)
    if not isinstance(base, ImageFacts) or manager != "apt":
        return None
    old = not any(p.startswith("python3") or p.endswith("-is-python3") for p in installed)
    name = next((p for p in pythons if p != "python"), "python" if old else "python3")
    minor_of = (
        name.removeprefix("python") if "." in name else "2.7" if old else _OF_RELEASE.get(base.release or "", "3.*")
    )
    library = _seen(project, "/usr") or f"/usr/lib/python{minor_of}"
    beside = library.replace("/usr/lib/", "/usr/local/lib/", 1)
    kept = tuple(
        p for p in installed if (_PYTHON.fullmatch(p) or p.startswith("python")) and not _FOR_BUILDS.fullmatch(p)
    )
    every = tuple(p for p in installed if p.startswith("python") and not _HEADERS.fullmatch(p))
    if not any(_PYTHON.fullmatch(p) for p in kept):
        kept, every = (name, *kept), (name, *every)
    site = f"{beside}/dist-packages"
    # Modules for every release of Python 3 lie in one folder; Python 2 has them in its library (Debian Python policy).
    modules = () if old else ("/usr/lib/python3/dist-packages",)
    return Layout(f"/usr/bin/{name}", library, site, "/usr/local/bin", kept, modules=modules, all_packages=every)


def _of_apk(project: Project, installed: tuple[str, ...]) -> Layout:
    """Alpine's own, which has the places that its makers give it: what packages hold and pip installs lies together.

    Which minor version a release has no tag says (aports, python3/APKBUILD: ``--prefix=/usr``, and no other scheme).
    """
    old = not any(name.startswith(("python3", "py3-")) for name in installed)
    name = ("python2" if "python2" in installed else "python") if old else "python3"
    library = f"/usr/lib/python{'2.7' if old else '3.*'}"
    library = _seen(project, "/usr", library) or library
    every = tuple(p for p in installed if _MODULE_OF_APK.match(p) and not _HEADERS.fullmatch(p))
    kept = (name, *(p for p in every if not _FOR_BUILDS_OF_APK.fullmatch(p)))
    site = f"{library}/site-packages"
    return Layout(f"/usr/bin/{name}", library, site, "/usr/bin", kept, shared=True, all_packages=(name, *every))


def _of_rpm(project: Project, installed: tuple[str, ...]) -> Layout | None:
    """Fedora's and Red Hat's, whose pip installs below /usr/local what packages have below /usr.

    What is for one kind of machine has a folder of its own there (fedoraproject.org, Changes/Making_sudo_pip_safe).
    Python 2 had no such change.
    """
    found = [(match, name) for name in installed if (match := _PYTHON_OF_RPM.match(name)) is not None]
    if not found:
        return None
    first = next((match for match, name in found if match[0] == name), found[0][0])
    minor = "" if first[1] is None else first[1] if first[1].startswith("3.") else f"3.{first[1][1:]}"
    python = first[0].rstrip("-")
    every = tuple(n for m, n in found if m[0] != n and m[0].startswith(python) and not _HEADERS.fullmatch(n))
    kept = tuple(n for n in every if not _FOR_BUILDS_OF_RPM.fullmatch(n))
    library = _seen(project, "/usr", f"*/python{minor or '*'}") or f"/usr/lib64/python{minor or '3.*'}"
    site = f"/usr/local/lib*/{library.rpartition('/')[2]}/site-packages"
    place = f"/usr/bin/python{minor or '3'}"
    pure = f"/usr/lib/{library.rpartition('/')[2]}/site-packages"
    packages, named = (python, *kept), (python, *every)
    return Layout(place, library, site, "/usr/local/bin", packages, modules=(pure,), all_packages=named)


def _own(project: Project) -> Layout | None:
    """The Python below /usr/local that the built image shows, as an organisation's own base has it from the official.

    Its TLS library must be the distribution's: another looks for authorities elsewhere.
    """
    built, prefix = project.evidence.built, "/usr/local"
    library = _seen(project, prefix)
    if built is None or not library or built.owner(f"{library}/os.py"):
        return None
    place = next((p for name in _NAMES if built.resolve(p := f"{prefix}/bin/{name}")), "")
    libraries = [path for path in built.entries if path.rpartition("/")[2].startswith("libssl.so")]
    if not place or any(not built.owner(built.resolve(path) or path) for path in libraries):
        return None
    return Layout(place, library, f"{library}/site-packages", f"{prefix}/bin")


def _seen(project: Project, prefix: str, wanted: str = "*") -> str:
    """The one library below a prefix that the built image has; "" where nobody looked or there are several.

    ``wanted`` is the pattern that it has to have.
    """
    built = project.evidence.built
    if built is None:
        return ""
    found = {
        m[1]
        for p in built.entries
        if p.startswith((f"{prefix}/lib/python", f"{prefix}/lib64/python")) and (m := _LIBRARY.fullmatch(p))
    }
    found = {path for path in found if fnmatchcase(path, wanted)}
    return found.pop() if len(found) == 1 else ""
