"""What Go programs ask of their image."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.golang.support import MAIN, MOD, build, kinds, only, program

_CERTIFICATES = (NeedKind.CERTIFICATES, "")
_ZONES = (NeedKind.TIME_ZONES, "")
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
        (("time",), 'time.LoadLocation("Europe/Rome")', {_ZONES}),
        (("time",), "time.LoadLocation(name)", {_ZONES}),
        (("time",), 'time.LoadLocation("UTC")', set()),
        (("time", "time/tzdata"), 'time.LoadLocation("Europe/Rome")', set()),
        (("time",), "time.Now()", set()),
        (("os/user",), "user.Current()", {_USERS}),
        (("os",), "os.UserHomeDir()", {_USERS}),
        (("os",), 'os.Getenv("HOME")', set()),
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
        (("os/exec",), 'exec.Command("/bin/bash", "x.sh")', {(NeedKind.SHELL, "/bin/bash"), (NeedKind.COMMAND, "*")}),
        (("os/exec",), "x.exec.Command(1)", set()),
        (("os/exec", "os"), "exec.Command(os.Args[0], os.Args[1:]...)", set()),
        (("os/exec", "os"), "exec.Command(os.Args[1])", {(NeedKind.COMMAND, "*")}),
        (("os/exec",), 'exec.Command("")', set()),
        (("os/exec",), "var f = exec.Command", set()),
        (("net/http",), 'http.Get("http://127.0.0.1/health")', {_NAMES}),
        (("net/http",), "http.Get(url)", {_CERTIFICATES, _NAMES}),
        (("os",), 'os.Open("/")', set()),
        (("syscall",), 'syscall.Exec("/bin/date", nil, nil)', {(NeedKind.COMMAND, "/bin/date")}),
        (("os",), 'os.ReadFile("/etc/ssl/certs/ca-certificates.crt")', {_CERTIFICATES}),
        (("os",), 'os.ReadFile("/usr/share/zoneinfo/UTC")', {_ZONES}),
        (("os",), 'os.ReadFile("/etc/passwd")', {_USERS}),
        (("os",), 'os.ReadFile("/etc/services")', {_NAMES}),
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


def test_vendored_code_is_believed_about_connections_alone() -> None:
    """A vendored package's client counts; the commands that it could start are its own affair."""
    files = {
        "main.go": program("example.com/dep"),
        "vendor/modules.txt": "",
        "vendor/example.com/dep/d.go": 'package dep\nimport ("net/http"; "os/exec")\n'
        'var a = http.DefaultClient\nvar b = exec.Command("x")\n',
        "vendor/example.com/dep/e.go": "package dep\n",
    }
    assert kinds(build(files)) == {_CERTIFICATES, _NAMES}


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
    assert build({"main.go": program("os", body="os.Stat(a)\nos.Create(b)")}).assumptions == ()


def test_embedded_files_are_no_mentions() -> None:
    """//go:embed compiles in: the program opens nothing."""
    text = 'package main\n\nimport _ "embed"\n\n//go:embed conf/app.yaml\nvar s string\n\nfunc main() {}\n'
    assert build({"main.go": text, **_DATA}).mentions == ()


def test_no_needs_of_hello() -> None:
    """The smallest program asks for nothing."""
    product = build({"main.go": MAIN})
    assert (product.needs, product.mentions, product.assumptions) == ((), (), ())
