"""What Go programs ask of their image."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.golang.support import MAIN, MOD, build, kinds, only, program

_CERTIFICATES = (NeedKind.CERTIFICATES, "")
_ZONES = (NeedKind.TIME_ZONES, "")
_MEDIA = (NeedKind.MEDIA_TYPES, "")
_NAMES = (NeedKind.NAME_SERVICE, "")
_USERS = (NeedKind.USERS, "")
_TMP = (NeedKind.TMP, "")
_SHELL = (NeedKind.SHELL, "sh")


@pytest.mark.parametrize(
    ("imports", "body", "needed"),
    [
        (("net/http",), 'http.Get("https://example.com")', {_CERTIFICATES, _NAMES}),
        (("net/http",), "c := &http.Client{}; _ = c", {_CERTIFICATES, _NAMES}),
        (("net/http",), 'http.ListenAndServe(":80", nil)', set()),
        (("net/http",), 'println("http.Get(")', set()),
        (("net/http",), "// http.Get(x)", set()),
        (("crypto/tls",), 'tls.Dial("tcp", "example.com:443", nil)', {_CERTIFICATES}),
        (("crypto/tls",), "_ = tls.Config{}", set()),
        (("net/smtp",), 'smtp.SendMail("h:25", nil, "", nil, nil)', {_CERTIFICATES, _NAMES}),
        (("net",), 'net.Dial("tcp", "h:1")', {_NAMES}),
        (("net",), 'net.Listen("tcp", ":1")', set()),
        (("net",), 'net.Listen("tcp", ":https")', set()),
        (("net",), 'net.Listen("tcp", "localhost:mysql")', {(NeedKind.NAME_SERVICE, "services")}),
        (("os",), 'os.Stat("/usr/bin/git")', {(NeedKind.FILE, "/usr/bin/git")}),
        (("os",), 'os.Stat("/srv/x"); os.Stat(name)', set()),
        (("os",), 'os.Stat("/etc/mime.types")', {_MEDIA}),
        (("time",), 'time.LoadLocation("Europe/Rome")', {_ZONES}),
        (("time",), "time.LoadLocation(name)", {_ZONES}),
        (("time",), 'time.LoadLocation("UTC")', set()),
        (("time", "time/tzdata"), 'time.LoadLocation("Europe/Rome")', set()),
        (("time",), "time.Now()", set()),
        (("time",), "time.Now().Unix()", set()),
        (("time",), "s := time.Now(); _ = time.Since(s).String()", set()),
        (("time",), 'time.Now().Format("15:04")', {_ZONES}),
        (("time",), "t := time.Now()\n_ = t.Hour()", {_ZONES}),
        (("time",), 'time.Now().UTC().Format("15:04")', set()),
        (("time",), 'time.ParseInLocation("15:04", s, time.Local)', {_ZONES}),
        (("time",), "time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Weekday()", set()),
        (("time", "fmt"), "fmt.Println(time.Now())", {_ZONES}),
        (("time", "fmt"), "fmt.Println(time.Since(time.Now()))", set()),
        (("log",), 'log.Println("up")', {_ZONES}),
        (("log",), 'log.SetFlags(log.LUTC | log.LstdFlags); log.Println("up")', set()),
        (("log",), 'log.SetFlags(0); log.Println("up")', set()),
        (("log",), "log.Fatal(1)", set()),
        (("log/slog",), 'slog.InfoContext(ctx, "up")', {_ZONES}),
        (("log/slog",), "slog.SetLogLoggerLevel(slog.LevelDebug)", set()),
        (("os/user",), "user.Current()", {_USERS}),
        (("os",), 'os.Getenv("EDITOR")', set()),
        (("os",), 'os.CreateTemp("", "x")', {_TMP}),
        (("os",), 'os.CreateTemp("/data", "x")', set()),
        (("io/ioutil",), 'ioutil.TempFile("", "x")', {_TMP}),
        (("os",), 'os.WriteFile("/tmp/x", nil, 0)\nos.Open("/tmp/x")', {_TMP}),
        (("net/http",), 'r.FormFile("f")', {_TMP}),
        (("net/http",), 'r.FormValue("f")', set()),
        (("os/exec",), 'exec.Command("git", "status")', {(NeedKind.COMMAND, "git")}),
        (("os/exec",), 'exec.CommandContext(ctx, "git")', {(NeedKind.COMMAND, "git")}),
        (("os/exec",), 'exec.LookPath("/usr/bin/git")', {(NeedKind.COMMAND, "/usr/bin/git")}),
        (("os/exec",), "exec.Command(name)", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), 'exec.Command("sh", "-c", "date | wc -l")',
         {_SHELL, (NeedKind.COMMAND, "date"), (NeedKind.COMMAND, "wc")}),
        (("os/exec",), 'exec.Command("sh", "-c", "cd /x && A=b")', {_SHELL}),
        (("os/exec",), 'exec.Command("sh", "-c", line)', {_SHELL, (NeedKind.COMMAND, "*")}),
        (("os/exec",), 'exec.Command("/bin/bash", "x.sh")',
         {(NeedKind.SHELL, "/bin/bash"), (NeedKind.COMMAND, "./x.sh")}),
        (("os/exec",), 'exec.Command("bash", name)', {(NeedKind.SHELL, "bash"), (NeedKind.COMMAND, "*")}),
        (("os/exec",), 'exec.Command("bash")', {(NeedKind.SHELL, "bash"), (NeedKind.COMMAND, "*")}),
        (("os/exec",), "x.exec.Command(1)", set()),
        (("os/exec", "os"), "exec.Command(os.Args[0], os.Args[1:]...)", set()),
        (("os/exec", "os"), "exec.Command(os.Args[1])", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), 'exec.Command("")', set()),
        (("os/exec",), "var f = exec.Command", set()),
        (("os/exec",), 'var f = exec.Command\nf("git")', {(NeedKind.COMMAND, "git")}),
        (("os/exec",), "f := exec.Command\nf(name)", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), 'var f = exec.Command\nx.f("git")', set()),
        (("os/exec",), "use(exec.Command)", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), "r := runner{start: exec.Command}", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), 'c := &exec.Cmd{Path: "/bin/date"}', {(NeedKind.COMMAND, "*")}),
        (("os/exec",), "var c exec.Cmd", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), "f := func(c *exec.Cmd) *exec.Cmd { return c }", set()),
        (("golang.org/x/sys/execabs",), 'execabs.Command("git")', {(NeedKind.COMMAND, "git")}),
        (("net/http",), 'http.Get("http://127.0.0.1/health")', {_NAMES}),
        (("net/http",), "http.Get(url)", {_CERTIFICATES, _NAMES}),
        (("os",), 'os.Open("/")', set()),
        (("syscall",), 'syscall.Exec("/bin/date", nil, nil)', {(NeedKind.COMMAND, "/bin/date")}),
        (("os",), 'os.ReadFile("/etc/ssl/certs/ca-certificates.crt")', {_CERTIFICATES}),
        (("os",), 'os.ReadFile("/usr/share/zoneinfo/UTC")', {_ZONES}),
        (("os",), 'os.ReadFile("/etc/passwd")', {_USERS}),
        (("os",), 'os.ReadFile("/etc/services")', {(NeedKind.NAME_SERVICE, "services")}),
        (("net",), 'net.LookupPort("tcp", "x")', {(NeedKind.NAME_SERVICE, "services")}),
        (("net",), 'net.LookupHost("x")', {_NAMES}),
        (("os",), 'os.ReadFile("/proc/self/status")\nos.Open("/dev/null")', set()),
    ],
)  # fmt: skip
def test_calls(imports: tuple[str, ...], body: str, needed: set[tuple[NeedKind, str]]) -> None:
    """Each call with its need, and beside it the call that looks alike and needs nothing."""
    assert kinds(build({"main.go": program(*imports, body=body)})) == needed


def test_plugins() -> None:
    """plugin.Open loads a shared library; a name that is no literal may be any."""
    opened = build({"main.go": program("plugin", body='plugin.Open("/p.so")')})
    assert (NeedKind.PLUGIN, "/p.so") in kinds(opened)
    assert (NeedKind.PLUGIN, "*") in kinds(build({"main.go": program("plugin", body="plugin.Open(x)")}))


def test_reasons_name_the_place() -> None:
    """A need says where it was found, by the context's path and the line."""
    (need, _) = build({"main.go": program("net/http", body='\thttp.Get("x")')}).needs
    assert need.why == "main.go:8 uses net/http.Get"


def test_renamed_imports_and_constants() -> None:
    """The import's own name counts, and a constant stands for its text."""
    text = 'package main\n\nimport run "os/exec"\n\nconst tool = "git"\n\nfunc main() { run.Command(tool) }\n'
    assert kinds(build({"main.go": text})) == {(NeedKind.COMMAND, "git")}
    other = text.replace('run "os/exec"', 'run "example.com/shop/run"')
    assert not kinds(build({"main.go": other, "run/run.go": "package run\nfunc Command(string) {}\n"}))
    grouped = text.replace('const tool = "git"', 'const (\n\tother = "x"\n\ttool string = "git"\n)')
    assert kinds(build({"main.go": grouped})) == {(NeedKind.COMMAND, "git")}
    variable = text.replace("const tool", "var tool")
    assert kinds(build({"main.go": variable})) == {(NeedKind.COMMAND, "*")}


def test_other_packages_of_the_module_count() -> None:
    """What is imported counts, what lies beside it does not."""
    files = {
        "main.go": program("example.com/shop/a"),
        "b/b.go": 'package b\nimport "os/exec"\nvar _ = exec.Command("b")\n',
    }
    files["a/a.go"] = 'package a\nimport "os/exec"\nvar _ = exec.Command("a")\n'
    assert kinds(build(files)) == {(NeedKind.COMMAND, "a")}


def test_fetched_modules_may_be_clients() -> None:
    """A module that was not read may connect; one that is known to keep to itself does not."""
    files = {"main.go": program("example.com/sdk"), "go.mod": MOD + "require example.com/sdk v1.0.0\n"}
    assert kinds(build(files)) == {_CERTIFICATES}
    files = {"main.go": program("github.com/spf13/cobra"), "go.mod": MOD + "require github.com/spf13/cobra v1.0.0\n"}
    assert not kinds(build(files))


@pytest.mark.parametrize(
    ("path", "reasons"),
    [
        ("example.com/sdk", {"modules-unread"}),
        ("github.com/spf13/cobra", set()),
        ("github.com/gin-gonic/gin", set()),
        ("github.com/atotto/clipboard", {"commands-unproven"}),
        ("golang.org/x/net/html", set()),
        ("golang.org/x/net/nettest", {"commands-unproven"}),
        ("k8s.io/client-go/rest", {"commands-unproven"}),
        ("github.com/creack/pty", set()),
        ("github.com/mattn/go-sqlite3", set()),
    ],
)
def test_nobody_answers_for_a_module_that_was_not_read(path: str, reasons: set[str]) -> None:
    """A fetched module is settled by a reading that was done once, by package; any other one is left open."""
    module = "/".join(path.split("/")[: 3 if path.startswith(("github.com", "golang.org")) else 2])
    files = {"main.go": program(path), "go.mod": MOD + f"require {module} v1.0.0\n"}
    assert {a.reason for a in build(files).assumptions} == reasons


def test_a_replaced_module_is_another_one() -> None:
    """What stands for a module is not what was read; a folder that stands for it is read."""
    files = {"main.go": program("github.com/spf13/cobra"), "go.mod": MOD + "require github.com/spf13/cobra v1.0.0\n"}
    fork = files | {"go.mod": files["go.mod"] + "replace github.com/spf13/cobra => example.com/fork/cobra v1.0.0\n"}
    (open_end,) = build(fork).assumptions
    assert "example.com/fork/cobra" in open_end.message
    here = files | {
        "go.mod": files["go.mod"] + "replace github.com/spf13/cobra => ./cobra\n",
        "cobra/c.go": "package c",
    }
    assert not build(here).assumptions


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ('var b = exec.Command("x")', {"commands-unproven"}),
        ("var b = exec.Command(os.Args[0])", set()),
        ("func Run(c *exec.Cmd) {}", set()),
        ("var run = exec.Command", {"commands-unproven"}),
        ('var b, c = plugin.Open("x")', {"plugins-unproven"}),
    ],
)
def test_vendored_code_that_starts_something(text: str, reasons: set[str]) -> None:
    """Whether it comes to that was not followed: left open, and not called a need."""
    files = {
        "main.go": program("example.com/dep"),
        "vendor/modules.txt": "",
        "vendor/example.com/dep/d.go": f'package dep\nimport ("os"; "os/exec"; "plugin")\n{text}\n',
    }
    product = build(files)
    assert {a.reason for a in product.assumptions} == reasons
    assert not kinds(product)


@pytest.mark.parametrize(
    ("files", "reasons"),
    [
        ({"main.go": 'package main\n\n// void f() { system("x"); }\nimport "C"\n'}, {"commands-unproven"}),
        ({"main.go": 'package main\n\n/*\n#include <dlfcn.h>\n*/\nimport "C"\n', "x.c": "dlopen (n, 0);"},
         {"plugins-unproven"}),
        ({"main.go": 'package main\nimport "C"\n', "x.c": "/* system(3) */ my_system(1); // popen(x)"}, set()),
        ({"main.go": "package main\n", "x.c": 'system("x");'}, set()),
    ],
)  # fmt: skip
def test_c_code_that_is_compiled_along(files: dict[str, str], reasons: set[str]) -> None:
    """Calls in C that start programs or open libraries are seen, in the preamble and beside it; only with cgo."""
    assert {a.reason for a in build(files).assumptions} == reasons


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ('FILE *f = fopen("/etc/os-release", "r");', {"computed-paths"}),
        ("std::ifstream in(name);", {"computed-paths"}),
        ('setlocale(LC_ALL, "");', {"locale"}),
        ("struct passwd *p = getpwuid(0);", {"users"}),
        ("getaddrinfo(h, p, 0, &r);", {"name-service"}),
        ("localtime_r(&t, &tm);", {"time-zones"}),
        ("iconv_open(a, b); mkstemp(t); initscr();", {"gconv", "tmp", "terminfo"}),
        # The project's own, members of others, and what a comment says.
        ("#include <fstream>\nmy_fopen(x); s.open(y); s->open(z); db::open(w); // fopen(x)", set()),
        ("int localtime_offset(int); void relocale(void);", set()),
    ],
)
def test_what_c_code_asks_for(code: str, asked: set[str]) -> None:
    """Beside a Go file that imports "C", and in its preamble; not where nothing is compiled along."""
    cgo = {"main.go": 'package main\nimport "C"\nfunc main() {}\n', "x.c": code}
    before = {"main.go": f'package main\n\n/*\n{code.replace("// fopen(x)", "")}\n*/\nimport "C"\n\nfunc main() {{}}\n'}
    for files in (cgo, before):
        product = build(files)
        assert {a.reason for a in product.assumptions} | {k.value for k, _ in kinds(product)} == asked
    alone = build({"main.go": MAIN, "x.c": code})
    assert not kinds(alone)
    assert not alone.assumptions


def test_c_functions_that_go_calls() -> None:
    """``C.fopen(…)`` is C's; a function of Go of the same name is not."""
    head = 'package main\n\n// #include <stdio.h>\nimport "C"\n\nfunc main() { '
    assert [a.reason for a in build({"main.go": head + "C.fopen(a, b) }\n"}).assumptions] == ["computed-paths"]
    assert [a.reason for a in build({"main.go": head + "C.system(a) }\n"}).assumptions] == ["commands-unproven"]
    assert not build({"main.go": head + "fopen(a, b); C.puts(c); x.C.y() }\n"}).assumptions


def test_programs_that_read_go_itself() -> None:
    """Types of compiled packages come from the go command; syntax alone does not."""
    need = (NeedKind.COMMAND, "go")
    assert need in kinds(build({"main.go": program("go/importer", body="importer.Default()")}))
    assert need in kinds(build({"main.go": program("go/build", body='build.Import("fmt", "", 0)')}))
    assert need not in kinds(build({"main.go": program("go/build", body="println(build.Default.GOARCH)")}))
    assert need not in kinds(build({"main.go": program("go/parser", body='parser.ParseExpr("1")')}))


def test_a_workspace_without_a_module_of_its_own() -> None:
    """go.work lies in the folder where go is started, its modules below; their names need no dot."""
    files = {
        "go.work": "go 1.22\nuse (\n\t./app\n\t./lib\n)\n",
        "app/go.mod": "module shop/app\n\ngo 1.22\n",
        "app/main.go": program("shop/lib", body="lib.Run()"),
        "lib/go.mod": "module shop/lib\n\ngo 1.22\n",
        "lib/lib.go": 'package lib\n\nimport "os"\n\nfunc Run() { os.ReadFile("data/x.txt") }\n',
        "data/x.txt": "",
    }
    text = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./app\n"
    product = only(text, files)
    assert [n.value for n in product.mentions] == ["/src/data/x.txt"]
    assert not product.assumptions


def test_a_module_without_a_dot_that_is_not_there() -> None:
    """It is fetched or broken, and not of Go's own library."""
    files = {"main.go": program("shop/lib", body="lib.Run()")}
    assert "modules-unread" in {a.reason for a in build(files).assumptions}
    assert not build({"main.go": program("slices", "go/ast", "math/rand/v2")}).assumptions


def test_imported_without_a_name() -> None:
    """After ``import . "os/exec"`` any word may start a program; another package so imported starts none."""
    text = 'package main\n\nimport . "os/exec"\n\nfunc main() { Command("x") }\n'
    assert kinds(build({"main.go": text})) == {(NeedKind.COMMAND, "*")}
    assert not kinds(build({"main.go": text.replace("os/exec", "fmt")}))


def test_a_function_that_opens_as_a_value() -> None:
    """Handed on, it opens what nobody can tell; called through a variable it opens what is named."""
    product = build({"main.go": program("os", body="use(os.ReadFile)")})
    assert [a.reason for a in product.assumptions] == ["computed-paths"]
    named = build({"main.go": program("os", body='read := os.ReadFile\nread("data/x.txt")'), "data/x.txt": ""})
    assert not named.assumptions
    assert [n.value for n in named.mentions] == ["/src/data/x.txt"]


def test_vendored_code_is_believed_about_connections() -> None:
    """A vendored package's client counts."""
    files = {
        "main.go": program("example.com/dep"),
        "vendor/modules.txt": "",
        "vendor/example.com/dep/d.go": 'package dep\nimport ("net/http"; "os/exec")\n'
        'var a = http.DefaultClient\nvar b = exec.Command("x")\n',
        "vendor/example.com/dep/e.go": "package dep\n",
    }
    assert kinds(build(files)) == {_CERTIFICATES, _NAMES}


@pytest.mark.parametrize(
    ("text", "zoned"),
    [
        ("func In(name string) { time.LoadLocation(name) }", True),
        ("var load = time.LoadLocation", True),
        ('var utc, _ = time.LoadLocation("UTC")', False),
        ("var now = time.Now()", False),
        ("// time.LoadLocation(name)", False),
    ],
)
def test_vendored_code_is_believed_about_zones(text: str, zoned: bool) -> None:  # noqa: FBT001
    """A zone that its caller names, as the address of a database does, takes a file."""
    files = {"main.go": program("example.com/dep"), "vendor/modules.txt": ""}
    files["vendor/example.com/dep/d.go"] = f'package dep\nimport "time"\n{text}\n'
    assert kinds(build(files)) == ({_ZONES} if zoned else set())


@pytest.mark.parametrize(
    ("path", "zoned"),
    [
        ("github.com/go-sql-driver/mysql", True),
        ("github.com/lib/pq", True),
        ("github.com/lib/pq/oid", False),
        ("github.com/robfig/cron/v3", True),
        ("gorm.io/driver/postgres", True),
        ("gorm.io/driver/sqlite", False),
        ("github.com/gin-gonic/gin", True),
        ("github.com/gin-gonic/gin/binding", False),
        ("github.com/spf13/viper", False),
        ("github.com/gorilla/websocket", False),
    ],
)
def test_fetched_modules_that_look_zones_up(path: str, zoned: bool) -> None:  # noqa: FBT001
    """A reading that was done once says which packages do: the driver by its address, the scheduler by its line."""
    module = path.removesuffix("/oid")
    files = {"main.go": program(path), "go.mod": MOD + f"require {module} v1.0.0\n"}
    assert (_ZONES in kinds(build(files))) is zoned


@pytest.mark.parametrize(
    ("tag", "zoned"),
    [
        ('`json:"tz" validate:"required,timezone"`', True),
        ('`json:"timezone"`', True),
        ('`form:"at" time_location:"Asia/Tokyo"`', True),
        ('= "data.db?_loc=Asia/Tokyo"', True),
        ('= "data.db?_location=Asia/Tokyo"', False),
        ('`json:"time" validate:"required"`', False),
        ('"a timezone"', False),
    ],
)
@pytest.mark.parametrize("vendored", [True, False])
def test_validated_zones(tag: str, zoned: bool, vendored: bool) -> None:  # noqa: FBT001
    """Some look a zone up where their caller says so in a tag or an address, and else for nothing."""
    path = "github.com/go-playground/validator/v10"
    field, variable = ("", tag) if tag.startswith("=") else (tag, "int")
    main = f'package main\n\nimport _ "{path}"\n\ntype t struct {{\n\tZ string {field}\n}}\n\nvar a {variable}\n'
    files = {"main.go": main, "go.mod": MOD + f"require {path} v10.1.0\n"}
    if vendored:
        files["vendor/modules.txt"] = f"# {path} v10.1.0\n## explicit\n{path}\n"
        files[f"vendor/{path}/v.go"] = 'package validator\nimport "time"\nfunc z(n string) { time.LoadLocation(n) }\n'
    assert (_ZONES in kinds(build(files))) is zoned


@pytest.mark.parametrize(
    ("imports", "body", "asked"),
    [
        (("net/http",), 'http.FileServer(http.Dir("static"))', True),
        (("net/http",), 'http.ServeFile(w, r, "a.ico")', True),
        (("mime",), "mime.TypeByExtension(end)", True),
        (("github.com/gin-gonic/gin",), 'gin.Default().Static("/static", "./static")', True),
        (("github.com/labstack/echo/v4/middleware",), 'e.Use(middleware.Static("public"))', True),
        (("net/http",), "http.NewServeMux()", False),
        (("mime",), 'mime.FormatMediaType("text/plain", nil)', False),
        (("github.com/gin-gonic/gin",), "gin.Default().Static()", False),
        (("archive/zip",), "r.File", False),
    ],
)
def test_media_types(imports: tuple[str, ...], body: str, asked: bool) -> None:  # noqa: FBT001
    """Files that are served get their media type by their ending; answers that the program writes itself don't."""
    mod = MOD + "require github.com/gin-gonic/gin v1.9.0\nrequire github.com/labstack/echo/v4 v4.1.0\n"
    assert (_MEDIA in kinds(build({"main.go": program(*imports, body=body), "go.mod": mod}))) is asked


_HOME = {(NeedKind.USERS, ""), (NeedKind.FILE, "/root")}


@pytest.mark.parametrize(
    ("imports", "body", "needed"),
    [
        (("os",), 'os.Getenv("HOME")', _HOME),
        (("os",), 'os.LookupEnv("HOME")', _HOME),
        (("os",), 'os.ExpandEnv("${HOME}/.conf")', _HOME),
        (("os",), "os.UserHomeDir()", _HOME),
        (("os/user",), "u, _ := user.Current()\nuse(u.HomeDir)", _HOME),
        (("os/user",), "u, _ := user.Current()\nuse(u.Name)", {(NeedKind.USERS, "")}),
        (("os",), 'os.Getenv("HOMEPAGE")', set()),
        (("os",), 'os.ExpandEnv("$HOMEPAGE")', set()),
        (("os",), 'use("HOME")', set()),
    ],
)  # fmt: skip
def test_home(imports: tuple[str, ...], body: str, needed: set[tuple[NeedKind, str]]) -> None:
    """Without /etc/passwd HOME would be /, and a base that is empty lacks root's home."""
    assert kinds(build({"main.go": program(*imports, body=body)})) == needed


def test_home_of_others() -> None:
    """Another user's home is not root's; where the image sets HOME nobody looks it up."""
    main = program("os", body='os.Getenv("HOME")')
    assert kinds(build({"main.go": main}, extra="USER 1000\n")) == {(NeedKind.USERS, "")}
    assert not kinds(build({"main.go": main}, extra="ENV HOME=/data\n"))


def test_tz_setting() -> None:
    """ENV TZ asks for zones where the program looks at time at all."""
    assert kinds(build({"main.go": program("time")}, extra="ENV TZ=Europe/Rome\n")) == {_ZONES}
    assert not kinds(build({"main.go": program("time")}, extra="ENV TZ=UTC\n"))
    assert not kinds(build({"main.go": program("fmt")}, extra="ENV TZ=Europe/Rome\n"))
    tagged = build({"main.go": program("time")}, "go build -tags timetzdata -o /app .", extra="ENV TZ=Europe/Rome\n")
    assert not kinds(tagged)


_DATA = {
    "templates/a.html": "",
    "static/x.css": "",
    ".env": "",
    "conf/app.yaml": "",
    "data/d/e.json": "",
    "api/api.go": "package api\n",
}


@pytest.mark.parametrize(
    ("imports", "body", "paths"),
    [
        (("html/template",), 'template.ParseFiles("templates/a.html")', ["/src/templates/a.html"]),
        (("html/template",), 'template.ParseGlob("templates/*.html")', ["/src/templates"]),
        (("html/template",), 'template.Must(template.ParseGlob("templates/*"))', ["/src/templates"]),
        (("html/template",), 't.ParseFiles("templates/a.html", "conf/app.yaml")',
         ["/src/conf/app.yaml", "/src/templates/a.html"]),
        (("net/http",), 'http.FileServer(http.Dir("static"))', ["/src/static"]),
        (("net/http",), 'http.FileServer(http.Dir("./static/"))', ["/src/static"]),
        (("net/http",), 'http.ServeFile(w, r, "static/x.css")', ["/src/static/x.css"]),
        (("os",), 'os.ReadFile("conf/app.yaml")', ["/src/conf/app.yaml"]),
        (("os",), 'os.ReadFile("/src/conf/app.yaml")', ["/src/conf/app.yaml"]),
        (("os",), 'os.ReadFile("missing.yaml")', []),
        (("os", "path/filepath"), 'os.Open(filepath.Join("data", "d", "e.json"))', ["/src/data/d/e.json"]),
        (("os",), 'os.Open("data/" + "d")', ["/src/data"]),
        (("flag",), 'flag.String("config", "conf/app.yaml", "the file")', ["/src/conf/app.yaml"]),
        (("flag",), 'flag.String("config", "x", "see conf/app.yaml for more")', []),
        (("fmt",), 'r.Static("/assets", "./static")', ["/src/static"]),
        (("fmt",), 'r.LoadHTMLGlob("templates/*")', ["/src/templates"]),
        (("fmt",), 'fmt.Println("static")', []),
        (("fmt",), 'fmt.Println("api/")', []),
        (("fmt",), 'fmt.Println("api/api.go")', []),
        (("fmt",), 'x := "." + "/" + "../.."', []),
        (("fmt",), 'fmt.Sprintf("data/d/%s.json", x)', ["/src/data/d"]),
        (("path/filepath",), 'filepath.Join("templates", name)', ["/src/templates"]),
        (("path/filepath",), 'filepath.Join(cwd, "conf", "app.yaml")', ["/src/conf/app.yaml"]),
        (("path/filepath",), 'filepath.Join(cwd, "/static/", x)', ["/src/static"]),
        (("path/filepath",), "filepath.Join(cwd, x)", []),
        (("path/filepath",), 'x.Join("templates", name)', []),
        (("os",), 'os.Open(cwd + "/conf/app.yaml")', ["/src/conf/app.yaml"]),
        (("os",), 'f(cwd + "/static")', ["/src/static"]),
        (("net/http",), 'http.HandleFunc("/static", f)', []),
        (("database/sql",), 'sql.Open("sqlite3", "file:data/d/new.db?cache=shared")', ["/src/data/d"]),
        (("database/sql",), 'sql.Open("sqlite3", "./data/d/e.json?_x=1")', ["/src/data/d/e.json"]),
        (("database/sql",), 'sql.Open("postgres", "postgres://u@h/data")', []),
        (("os",), 'os.Create("data/new.txt")', ["/src/data"]),
        (("os",), 'os.Create("new.txt")', []),
        (("fmt",), 'x := "conf/app.yaml # trailing words"', []),
        (("html/template",), 'template.ParseFiles("templates/a.html"); http.Dir("templates/")',
         ["/src/templates"]),
    ],
)  # fmt: skip
def test_mentions(imports: tuple[str, ...], body: str, paths: list[str]) -> None:
    """Literals that name a file or folder of the image, seen from its working directory."""
    product = build({"main.go": program(*imports, body=body), **_DATA})
    assert sorted(m.value for m in product.mentions) == paths


def test_default_of_godotenv() -> None:
    """godotenv.Load() reads .env of the working directory."""
    mod = MOD + "require github.com/joho/godotenv v1.5.1\n"
    product = build({"main.go": program("github.com/joho/godotenv", body="godotenv.Load()"), "go.mod": mod, **_DATA})
    assert [m.value for m in product.mentions] == ["/src/.env"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ('viper.SetConfigName("app")\nviper.AddConfigPath("conf")', ["/src/conf"]),
        ('viper.SetConfigName("app")\nv.AddConfigPath(x)', []),
        ('viper.SetConfigName("conf/app")', ["/src/conf/app.yaml"]),
        ('viper.SetConfigName("other")', []),
    ],
)
def test_viper_names_files_without_suffix(body: str, paths: list[str]) -> None:
    """A name is looked for with each suffix in each folder; without viper a bare word names nothing."""
    mod = MOD + "require github.com/spf13/viper v1.10.0\n"
    product = build({"main.go": program("github.com/spf13/viper", body=body), "go.mod": mod, **_DATA})
    assert [m.value for m in product.mentions] == paths
    without = build({"main.go": program("fmt", body='fmt.Print("conf/app")'), **_DATA})
    assert without.mentions == ()


def test_an_unknown_working_directory_leaves_absolute_names() -> None:
    """Where WORKDIR hangs on an argument, only absolute literals can be looked up."""
    text = "FROM golang:1.22\nARG D\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nWORKDIR $D\n"
    body = 'os.Open("conf/app.yaml")\nos.Open("/src/.env")'
    files = {"go.mod": MOD, "main.go": program("os", body=body), **_DATA}
    assert [m.value for m in only(text, files).mentions] == ["/src/.env"]


def test_the_final_working_directory_counts() -> None:
    """A relative path is seen from where the program runs, not from where it was built."""
    text = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nWORKDIR /srv\nCOPY templates templates\n"
    files = {"go.mod": MOD, "main.go": program("html/template", body='template.ParseGlob("templates/*")'), **_DATA}
    assert [m.value for m in only(text, files).mentions] == ["/srv/templates"]


def test_struct_tags_and_imports_are_no_mentions() -> None:
    """A tag or an import path names no file."""
    tag = 'type t struct { A string `json:"conf/app.yaml"` }'
    text = f'package main\n\nimport "example.com/shop/conf"\n\n{tag}\n\nfunc main() {{}}\n'
    assert build({"main.go": text, **_DATA}).mentions == ()


def test_computed_paths_are_an_open_end() -> None:
    """A file opened by a name that is no literal is said once."""
    product = build({"main.go": program("os", body="os.Open(a)\nos.Open(b)")})
    assert [a.reason for a in product.assumptions] == ["computed-paths"]
    assert build({"main.go": program("os", body="os.Stat(a)\nos.Remove(b)")}).assumptions == ()


@pytest.mark.parametrize(
    ("imports", "code", "twin"),
    [
        (("os",), "os.Create(p)", 'os.Create("x")'),
        (("os",), "os.OpenFile(p, 1, 1)", 'os.OpenFile("x", 1, 1)'),
        (("os",), "os.Mkdir(p, 1)", "os.MkdirAll(p, 1)"),
        (("os",), "os.Rename(a, b)", "os.Remove(a)"),
        (("os",), "os.Chdir(p)", 'os.Chdir("/")'),
        (("os",), 'os.Chdir("/srv")', 'os.Chdir(".")'),
        (("os",), "os.OpenRoot(p)", "os.Getpid()"),
        (("syscall",), "syscall.Chroot(p)", "syscall.Getpid()"),
        (("path/filepath",), "filepath.WalkDir(p, f)", "filepath.Base(p)"),
        (("net/http",), "http.FileServer(http.Dir(p))", "http.FileServer(p)"),
        (("net/http",), "s := &http.Server{}\ns.ListenAndServeTLS(c, k)", "s := &http.Server{}\ns.ListenAndServe()"),
        (("archive/zip",), "zip.OpenReader(p)", "zip.NewReader(p, 1)"),
        (("database/sql",), 'sql.Open("sqlite3", p)', 'sql.Open("postgres", p)'),
        (("net",), 'net.Listen("unix", p)', 'net.Listen("tcp", p)'),
        (("net",), 'net.Dial("unix", p)', 'net.Dial("unix", "@x")'),
        (("net",), "net.Listen(n, p)", 'net.Listen(n, ":80")'),
        (("net",), 'net.ListenUnix("unix", &net.UnixAddr{Name: p})', 'net.ListenUnix(n, &net.UnixAddr{"/tmp/s"})'),
        (("os",), 'os.Setenv("SSL_CERT_FILE", p)', 'os.Setenv("COLOUR", p)'),
        (("html/template",), "t.ParseGlob(p)", "t.Parse(p)"),
    ],
)  # fmt: skip
def test_every_way_to_name_a_file(imports: tuple[str, ...], code: str, twin: str) -> None:
    """What is computed is left open, also where something is made, served or bound there; a look-alike is not."""
    for body, wanted in ((code, ["computed-paths"]), (twin, [])):
        assert [a.reason for a in build({"main.go": program(*imports, body=body)}).assumptions] == wanted


def test_a_local_socket_asks_for_its_folder() -> None:
    """The path is made by bind(2), its folder is not."""
    wanted = (NeedKind.FILE, "/run/shop")
    assert wanted in kinds(build({"main.go": program("net", body='net.Listen("unix", "/run/shop/s")')}))
    assert wanted not in kinds(build({"main.go": program("net", body='net.Listen("tcp", "/run/shop/s")')}))


@pytest.mark.parametrize(
    ("body", "zoned"),
    [
        ("os.Setenv(k, v)", True), ('os.Setenv("TZ", v)', True), ('os.Setenv("TZ", "UTC")', False),
        ('os.Setenv("COLOUR", v)', False),
    ],
)  # fmt: skip
def test_a_zone_that_the_program_sets(body: str, zoned: bool) -> None:  # noqa: FBT001
    """Local time is that of TZ; without package time nobody reads it."""
    assert (_ZONES in kinds(build({"main.go": program("os", "time", body=f"{body}\ntime.Now()")}))) is zoned
    assert _ZONES not in kinds(build({"main.go": program("os", body=body)}))


@pytest.mark.parametrize(("line", "zoned"), [("TZ=Europe/Rome", True), ("#TZ=x", False), ("XTZ=x", False)])
def test_a_zone_in_a_file_of_variables(line: str, zoned: bool) -> None:  # noqa: FBT001
    """The module godotenv takes every line of .env into the environment."""
    text = program("time", "github.com/joho/godotenv", body="godotenv.Load()\ntime.Now()")
    needs = build({"main.go": text, ".env": f"A=b\n{line}\n"}).needs
    assert (_ZONES in {(n.kind, n.value) for n in needs}) is zoned
    plain = build({"main.go": program("time", body="time.Now()"), ".env": f"{line}\n"}).needs
    assert _ZONES not in {(n.kind, n.value) for n in plain}


def test_embedded_files_are_no_mentions() -> None:
    """//go:embed compiles in: the program opens nothing."""
    text = 'package main\n\nimport _ "embed"\n\n//go:embed conf/app.yaml\nvar s string\n\nfunc main() {}\n'
    assert build({"main.go": text, **_DATA}).mentions == ()


def test_no_needs_of_hello() -> None:
    """The smallest program asks for nothing."""
    product = build({"main.go": MAIN})
    assert (product.needs, product.mentions, product.assumptions) == ((), (), ())


@pytest.mark.parametrize(
    ("opens", "embedded"),
    [
        ("println(page)", True),
        ('os.ReadFile("b.html")', True),
        ('os.ReadFile("page.html")', False),
        ('os.Open("/src/page.html")', False),
        ("os.ReadFile(os.Args[1])", False),
        ("http.FileServer(http.Dir(folder))", False),
    ],
)
def test_embedded_and_opened(opens: str, *, embedded: bool) -> None:
    """A file that is compiled in only serves the build unless the program opens it, or paths that it computes."""
    packages = '_ "embed"; "net/http"; "os"'
    text = (
        f"package main\n\nimport ({packages})\n\n//go:embed page.html\nvar page string\n\nfunc main() {{ {opens} }}\n"
    )
    files = {"go.mod": MOD, "main.go": text, "page.html": "", "b.html": ""}
    product = only("FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\n", files)
    assert ("page.html" in product.sources) is embedded
    assert "main.go" in product.sources


@pytest.mark.parametrize(
    ("opens", "needed", "computed"),
    [
        ('http.FileServer(http.Dir("."))', {"/src"}, False),
        ('http.FileServer(http.Dir(""))', {"/src"}, False),
        ('http.FileServer(http.Dir("/src/"))', {"/src"}, False),
        ('os.ReadDir("./")', {"/src"}, False),
        ('os.DirFS(".")', {"/src"}, False),
        ('r.Static("/", "./")', {"/src"}, False),
        ('os.ReadDir("..")', set(), True),
        ('filepath.Glob("*.html")', set(), True),
        ('r.LoadHTMLGlob("./*")', set(), True),
        # Of a folder below, of settings, and where something is made.
        ('http.FileServer(http.Dir("web"))', set(), False),
        ('filepath.Glob("web/*.html")', set(), False),
        ('os.Stat(".")', set(), False),
        ('viper.AddConfigPath(".")', set(), False),
        ('os.MkdirAll(".", 0)', set(), False),
        ('fs.WalkDir(embedded, ".", walk)', set(), False),
    ],
)  # fmt: skip
def test_the_working_directory_itself(opens: str, needed: set[str], computed: bool) -> None:  # noqa: FBT001
    """A program that gives it out needs all of it; one that searches it may open any file there."""
    packages = "; ".join(f'"{one}"' for one in ("net/http", "os", "io/fs", "path/filepath", "github.com/spf13/viper"))
    text = f"package main\n\nimport ({packages})\n\nfunc main() {{ {opens} }}\n"
    product = build({"main.go": text, "web/a.html": "", "b.html": ""}, "go build -o /app .")
    assert {n.value for n in product.needs if n.kind is NeedKind.FILE} == needed
    assert ("computed-paths" in [a.reason for a in product.assumptions]) is computed


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ('middleware.Static("public")', True),
        ('middleware.StaticWithConfig(middleware.StaticConfig{Root: "public"})', True),
        ('_ = middleware.StaticConfig{Root: "public"}', True),
        ('middleware.Static("private")', False),
        ('middleware.Static("code")', False),
        ('fmt.Println("public")', False),
        ('middleware.Logger(); fmt.Println("public")', False),
        ('app.HandleDir("/", "public")', True),
        ('watcher.Add("private")', False),
        ('app.HandleDir("/", fmt.Sprint("public"))', False),
        ('dir := "public"; app.HandleDir("/", dir)', True),
        ('app.HandleDir("/", pick(map[string]string{"dir": "public"}))', True),
        ('app.HandleDir("/", pick(map[string]string{"public": "x"}))', False),
        ('app.HandleDir("/", dirs["public"])', False),
        ('switch x { case "public": app.Run() }', False),
        ('if x == "public" { app.Run() }', False),
        ('dir := flag.String("dir", "public", ""); app.HandleDir("/", *dir)', True),
    ],
)
def test_folders_that_a_package_is_given(call: str, named: bool) -> None:  # noqa: FBT001
    """A word is the name of a folder where a fetched package may get it and the image has one with data."""
    packages = '"flag"; "fmt"; "github.com/labstack/echo/v4/middleware"'
    text = f"package main\n\nimport ({packages})\n\nfunc main() {{ {call} }}\n"
    product = build({"main.go": text, "public/a.css": "", "code/a.go": "package code\n"})
    assert {n.value for n in product.mentions} == ({"/src/public"} if named else set())


def test_a_word_names_no_folder_where_nothing_is_fetched() -> None:
    """What the standard library takes for a path is known: a word that goes elsewhere is one."""
    files = {"main.go": program("strings", body='new(strings.Builder).WriteString("public")'), "public/a.css": ""}
    assert build(files).mentions == ()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ('filepath.Abs("conf")', {"/src/conf"}),
        ('filepath.Clean("./conf/app.yaml")', {"/src/conf/app.yaml"}),
        ('filepath.Abs(".")', set()),
        ('filepath.Ext("conf")', set()),
    ],
)
def test_paths_that_are_made_before_they_are_used(call: str, named: set[str]) -> None:
    """What they are used for is computed then: asking whether it is there leaves nothing open."""
    files = {"main.go": program("os", "path/filepath", body=f"p, _ := {call}\nos.Stat(p)"), "conf/app.yaml": ""}
    product = build(files)
    assert {n.value for n in product.mentions} == named
    assert not product.assumptions
