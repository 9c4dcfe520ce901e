"""What functions of node and of well-known packages ask of the image: one table, by module and name.

TLS takes no trust store of the image: node has its own compiled in (nodejs.org/api/cli.html, ``--use-bundled-ca``). Nor
do locales and time zones: ICU's data is compiled in whole (nodejs.org/api/intl.html).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imgslim.model import NeedKind

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A kind of need and a module, then its functions; a line that is indented goes on.
_TABLE = """
command child_process: exec execSync spawn spawnSync execFile execFileSync
command execa:
command execa: execa execaSync execaCommand execaCommandSync command commandSync sync shell shellSync $ $.sync
command cross-spawn:
command cross-spawn: spawn sync
command shelljs: exec cmd which
command child-process-promise: exec execFile spawn
command promisify-child-process: exec execFile spawn
command mz/child_process: exec execSync spawn spawnSync execFile execFileSync
command @npmcli/promise-spawn:
command @expo/spawn-async:
command nano-spawn:
command tinyexec: x exec xSync
command node-pty: spawn
command node-cmd: run runSync get
command which:
command which: sync
command command-exists:
command command-exists: sync
plugin process: dlopen
users os: homedir userInfo
tmp os: tmpdir
name-service net: connect createConnection
name-service tls: connect
name-service http: get request
name-service https: get request
name-service dns: lookup lookupService promises.lookupService resolve resolve4 resolve6 promises.lookup promises.resolve
name-service fetch:
name-service axios: get post put delete request create
name-service node-fetch:
name-service got:
name-service undici: fetch request
name-service pg: Pool Client
name-service mongoose: connect createConnection
name-service redis: createClient
name-service ioredis:
name-service mysql2: createConnection createPool
name-service mysql2/promise: createConnection createPool
name-service nodemailer: createTransport
file fs: readFile readFileSync createReadStream readdir readdirSync open openSync opendir promises.readFile
  promises.readdir promises.open writeFile writeFileSync appendFile appendFileSync createWriteStream mkdir mkdirSync
  promises.writeFile promises.appendFile promises.mkdir existsSync stat statSync access accessSync watch watchFile
  promises.stat promises.access mkdtemp mkdtempSync promises.mkdtemp lstat lstatSync cp cpSync copyFile copyFileSync
file fs/promises: readFile readdir open writeFile appendFile mkdir stat access mkdtemp cp copyFile
file fs-extra: readFile readFileSync readJson readJsonSync readdir readdirSync ensureDir ensureDirSync writeFile
  writeFileSync writeJson outputFile existsSync pathExists createReadStream createWriteStream copy copySync
file express: static
file serve-static:
file koa-static:
file dotenv: config
"""
#: Methods by name alone that read a path: which argument that is.
METHODS = {"sendFile": 0, "sendfile": 0, "download": 0, "static": 0, "useStaticAssets": 0, "setBaseViewsDir": 0}
#: Asking whether something is there, or making it, is no need of it.
LENIENT = frozenset(
    "existsSync stat statSync access accessSync lstat lstatSync pathExists watch watchFile mkdir mkdirSync ensureDir "
    "ensureDirSync writeFile writeFileSync appendFile appendFileSync createWriteStream writeJson outputFile "
    "mkdtemp mkdtempSync static config".split()
)
#: Of them those that only look whether it is there.
ASKERS = frozenset("existsSync stat statSync access accessSync lstat lstatSync pathExists".split())
#: They write into a folder that has to be there.
MAKERS = frozenset("writeFile writeFileSync appendFile appendFileSync createWriteStream writeJson".split())
#: Of these one argument is a text for a shell.
SHELL_TEXTS = frozenset(
    (
        *((module, "exec") for module in ("child_process", "shelljs", "child-process-promise", "mz/child_process")),
        *((module, "execSync") for module in ("child_process", "mz/child_process")),
        ("promisify-child-process", "exec"),
        *(("execa", name) for name in ("shell", "shellSync")),
        *(("node-cmd", name) for name in ("run", "runSync", "get")),
    )
)
#: Of these it is a program's name and its words, parted by blanks.
LINES = frozenset(("execa", name) for name in "$ $.sync command commandSync execaCommand execaCommandSync".split())
#: They run a text as code, the last of them its last argument, and what that loads nobody reads.
RUNS_CODE = frozenset((("eval", ""), ("vm", "runInThisContext"), ("vm", "Script"), ("Function", "")))
#: They name a port's service as services(5) does.
SERVICES = frozenset(("lookupService", "promises.lookupService"))
#: They start another file of the program with node itself: argument 0.
LOADERS = frozenset(
    (("child_process", "fork"), ("worker_threads", "Worker"), ("cluster", "setupPrimary"), ("cluster", "setupMaster"))
)


def _functions() -> dict[tuple[str, str], tuple[NeedKind, ...]]:
    found: dict[tuple[str, str], tuple[NeedKind, ...]] = {}
    for line in _TABLE.replace("\n  ", " ").strip().splitlines():
        head, _, names = line.partition(":")
        kind, module = head.split()
        for name in names.split() or [""]:
            found[module, name] = (*found.get((module, name), ()), NeedKind(kind))
    return found


#: Module and name to the kinds of need; the name "" is the module called itself.
FUNCTIONS = _functions()
#: Modules whose functions start programs.
STARTERS = frozenset(module for (module, _), kinds in FUNCTIONS.items() if NeedKind.COMMAND in kinds)
#: Loaded, it puts its functions among the globals (shelljs, "Global vs. Local").
GLOBAL = "shelljs/global"

#: Packages that start programs by names of their own, as their READMEs say: what must be installed beside them. A
#: package's own files are not read, and the program may lie in the base image, where no instruction names it.
PROGRAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # "*": any program, named in a way of the package's own
        "download-git-repo": ("git",),
        "fluent-ffmpeg": ("ffmpeg", "ffprobe"),
        "git-clone": ("git",),
        "gm": ("gm", "convert", "identify"),
        "graphviz": ("dot",),
        "imagemagick": ("convert", "identify"),
        "node-tesseract-ocr": ("tesseract",),
        "libreoffice-convert": ("soffice",),
        "node-nmap": ("nmap",),
        "pdf2pic": ("gm",),
        "ping": ("ping",),
        "ps-list": ("ps",),
        "ps-tree": ("ps",),
        "simple-git": ("git",),
        "svn-ultimate": ("svn",),
        "systeminformation": ("*",),
        "tree-kill": ("ps",),
        "wkhtmltopdf": ("wkhtmltopdf",),
        "zx": ("bash", "*"),
    }
)
