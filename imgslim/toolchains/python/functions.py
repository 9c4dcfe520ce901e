"""Functions of Python's library that ask something of the image, by their full names."""

from __future__ import annotations

#: Functions that start what their first argument names: a list or one word, a shell's text where ``shell=True``.
STARTS = frozenset(
    """
    subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output
    asyncio.create_subprocess_exec asyncio.subprocess.create_subprocess_exec pty.spawn
    os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp
    """.split()
)
#: These take the way of starting first.
SPAWNS = frozenset(f"os.spawn{tail}" for tail in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))
SHELLS = frozenset(
    """
    os.system os.popen subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell
    asyncio.subprocess.create_subprocess_shell imaplib.IMAP4_stream
    """.split()
)
ANY_START = STARTS | SPAWNS | SHELLS
#: Their own names, behind the last dot.
START_NAMES = frozenset(name.rpartition(".")[2] for name in ANY_START)
#: The C library's functions by which a library that was opened as a whole starts programs (system(3), exec(3)).
C_STARTS = frozenset("system popen execl execle execlp execv execve execvp execvpe posix_spawn posix_spawnp".split())
#: What gives such a library, or any module by its name.
GIVE_ALL = ("ctypes.", "cffi.", "sys.modules.")
#: Methods of asyncio's loops that take what speaks with the process first ("Event Loop", "Running Subprocesses").
BY_LOOP = (".subprocess_exec", ".subprocess_shell")
#: They look for a program by its name.
FINDS = frozenset({"shutil.which", "distutils.spawn.find_executable"})
#: They give the module that their first argument names.
IMPORTS = frozenset({"__import__", "builtins.__import__", "importlib.import_module"})
#: They run a text as code.
RUNS_CODE = frozenset("exec eval builtins.exec builtins.eval code.interact".split())
#: Calls whose arguments are classes to compare with, which starts nothing.
COMPARES = frozenset({"isinstance", "issubclass"})
OPENS = frozenset(
    """
    open io.open os.open os.listdir os.scandir os.walk os.stat os.path.exists os.path.isfile os.path.isdir
    pathlib.Path pathlib.PosixPath shutil.copy shutil.copyfile shutil.copytree codecs.open
    """.split()
)
#: They list what a pattern stands for.
GLOBS = frozenset("glob.glob glob.iglob".split())
WRITES = frozenset("open io.open codecs.open".split())
LIBRARIES = frozenset("ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL cffi.FFI.dlopen".split())
#: They take the zone that TZ names, which who starts the image may set (time.tzset), unless they are given one.
LOCAL_TIME = frozenset(
    """
    time.asctime time.ctime time.localtime time.mktime time.strftime time.tzset
    datetime.date.today datetime.datetime.now datetime.datetime.today datetime.datetime.fromtimestamp
    datetime.date.fromtimestamp logging.Formatter
    """.split()
)
#: Of them those whose last argument is a zone.
ZONED = {"datetime.datetime.now": 1, "datetime.datetime.fromtimestamp": 2}
#: What asks for the tables of services and protocols (services(5), protocols(5)).
SERVICES = frozenset("socket.getservbyname socket.getservbyport socket.getprotobyname".split())
#: The same where the port is given by the name of its service (getaddrinfo(3)).
ADDRESSES = frozenset({"socket.getaddrinfo"})
#: Functions that are looked at by their full names.
LOOKED_AT = (
    ANY_START | OPENS | GLOBS | LIBRARIES | LOCAL_TIME | SERVICES | ADDRESSES
    | FINDS | {"ctypes.util.find_library", "logging.basicConfig", "locale.setlocale"}
)  # fmt: skip
