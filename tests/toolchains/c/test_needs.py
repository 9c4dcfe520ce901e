"""Needs: each call that has one, beside a twin that has none."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.c.projects import compiled

HELLO = "#include <stdio.h>\nint main(void) { puts(1); }\n"


def needs(code: str, tail: str = "", **files: str) -> set[tuple[str, str]]:
    """Kind and value of each need of a main.c whose ``main`` holds ``code``, without what only names something."""
    product = compiled(f"int main(void) {{ {code} }}", tail=tail, **files)
    return {(n.kind.value, n.value) for n in product.needs if n.kind not in (NeedKind.LINE, NeedKind.NAMED)}


@pytest.mark.parametrize(
    ("code", "found", "twin"),
    [
        ("getaddrinfo(a, b, c, d);", {("name-service", "services")}, "inet_pton(a, b, c);"),
        ('getaddrinfo(a, "http", c, d);', {("name-service", "services")}, "inet_pton(a, b, c);"),
        ('getaddrinfo(a, "80", c, d);', {("name-service", "")}, "inet_pton(a, b, c);"),
        ("gethostbyname(a);", {("name-service", "")}, "htons(a);"),
        ('getprotobyname("icmp");', {("name-service", "services")}, "htons(a);"),
        ('dlopen("libx.so.1", 1);', {("plugin", "libx.so.1")}, 'o->dlopen("libx.so.1");'),
        ("dlopen(name, 1);", {("plugin", "*")}, "undlopen(name, 1);"),
        ('execl("/bin/date", "date", 0);', {("command", "/bin/date")}, 'puts("/bin/date");'),
        ('execvp("date", argv);', {("command", "date")}, "xexecvp(1);"),
        ('char *a[] = {"/usr/bin/env", 0}; execv(a[0], a);', {("command", "/usr/bin/env"), ("command", "*")}, 'char *a[] = {"/usr/bin/env", 0};'),
        ('execl("/bin/sh", "sh", "-c", x, 0);', {("shell", "/bin/sh"), ("command", "*")}, "shexecl(1);"),
        ('execl("/bin/sh", "sh", "-c", "date | wc", (char *) NULL);', {("shell", "/bin/sh"), ("command", "date"), ("command", "wc")}, 'puts("sh -c date");'),
        ('execlp("bash", "bash", "run.sh", x, 0);', {("shell", "bash"), ("command", "./run.sh")}, 'puts("bash run.sh");'),
        ('execlp("sh", "sh", (char *) 0);', {("shell", "sh")}, 'puts("sh");'),
        ('char *a[] = {"sh", "-c", "date", 0}; execv("/bin/sh", a);', {("shell", "/bin/sh"), ("command", "*")}, "xexecv(1);"),
        ('posix_spawnp(&p, "tar", 0, 0, a, e);', {("command", "tar")}, "spawn(1);"),
        ('system("cd /tmp && date | wc -l");', {("shell", "/bin/sh"), ("command", "date"), ("command", "wc")}, "sys.system(1);"),
        ('popen("uptime", "r");', {("shell", "/bin/sh"), ("command", "uptime")}, "pipe(1);"),
        ("getpwnam(n);", {("users", "")}, "getuid();"),
        ('fopen("/etc/passwd", "r");', {("users", "")}, 'fopen("/proc/self/maps", "r");'),
        ('iconv_open("a", "b");', {("gconv", "")}, "iconv(1);"),
        ('setlocale(6, "de_DE.UTF-8");', {("locale", "de_DE.UTF-8")}, 'setlocale(6, "C");'),
        ('std::filesystem::exists("/usr/share/dict");', {("file", "/usr/share/dict")}, 'list.exists("/usr/share/dict");'),
        ('fs::is_directory("/opt/shop");', {("file", "/opt/shop")}, 'is_directory("/opt/shop");'),
        ('namespace files = std::filesystem; files::exists("/opt/a");', {("file", "/opt/a")},
         'namespace files = std::ranges; files::exists("/opt/a");'),
        ('using namespace std::filesystem; exists("/opt/a");', {("file", "/opt/a")}, 'using namespace std; exists("/opt/a");'),
        ('using std::filesystem::file_size; if (file_size("/opt/a")) {}', {("file", "/opt/a")},
         'using std::filesystem::file_size; if (exists("/opt/a")) {}'),
        ('using namespace boost::filesystem; f(is_empty("/opt/a"));', {("file", "/opt/a")},
         'using namespace boost::filesystem; v.is_empty("/opt/a");'),
        ("tmpfile();", {("tmp", "")}, "tempfile();"),
        ('open("/tmp/x", 1);', {("tmp", "")}, 'open("/dev/null", 1);'),
        ('x = "/tmp/sock";', {("tmp", "")}, 'x = "/tmpfoo";'),
        ('fopen("/usr/share/dict/words", "r");', {("file", "/usr/share/dict/words")}, 'fopen("/etc/hosts", "r");'),
        ('fopen("/var/log/x.log", "a");', {("file", "/var/log")}, 'fopen("x.log", "a");'),
        ('fopen("conf.ini", "r");', {("file", "conf.ini")}, 'fopen("absent.ini", "w");'),
        ('fopen("/usr/share/zoneinfo/UTC", "r");', {("time-zones", "")}, "gmtime(&t);"),
        ('setenv("TZ", "Europe/Rome", 1); localtime(&t);', {("time-zones", "")}, 'setenv("TZ", "UTC", 1); localtime(&t);'),
        ('setenv("TZ", "Europe/Rome", 1); strftime(b, 9, f, t);', {("time-zones", "")}, "strftime(b, 9, f, t);"),
        ("localtime(&t);", {("time-zones", "")}, "gmtime(&t);"),
        ("mktime(&t);", {("time-zones", "")}, "timegm(&t);"),
        ("puts(ctime(&t));", {("time-zones", "")}, "puts(asctime(&t));"),
        ("tzset();", {("time-zones", "")}, "tzsetup();"),
        ("initscr();", {("terminfo", "")}, "init();"),
        ("SSL_CTX_set_default_verify_paths(c);", {("certificates", "")}, "SSL_CTX_new(m);"),
        ('SSL_CTX_load_verify_locations(c, "/etc/ssl/certs/ca-certificates.crt", 0);',
         {("certificates", "/etc/ssl/certs/ca-certificates.crt")}, "SSL_CTX_free(c);"),
        ('SSL_CTX_load_verify_locations(c, "/srv/own.pem", 0);', {("file", "/srv/own.pem")}, 'SSL_CTX_free("/srv/own.pem");'),
        ('x = "/etc/ssl/cert.pem";', {("certificates", "/etc/ssl/cert.pem")}, 'x = "etc";'),
        ('std::ifstream in("/srv/a.txt");', {("file", "/srv/a.txt")}, 'std::ifstream in; in.close("/srv/a.txt");'),
        ('std::ifstream in; in.open("conf.ini");', {("file", "conf.ini")}, 'door.open("conf.ini");'),
        ('std::ofstream{"/var/lib/x/db"};', {("file", "/var/lib/x")}, 'std::ofstream out("db");'),
        ('std::locale l("de_DE");', {("locale", "de_DE")}, 'std::locale l("C");'),
        ('stat("/srv/data", &s);', {("file", "/srv/data")}, "stat(&s);"),
    ],
)  # fmt: skip
def test_calls(code: str, found: set[tuple[str, str]], twin: str) -> None:
    """A call gives its need; a look-alike gives none."""
    assert needs(code, conf_dot_ini="x") == found
    assert needs(twin, conf_dot_ini="x") == set()


@pytest.mark.parametrize(
    ("code", "env", "found"),
    [
        ('setlocale(LC_ALL, "");', "ENV LANG=de_DE.UTF-8", {("locale", "de_DE.UTF-8")}),
        ('setlocale(LC_ALL, "");', "ENV LANG=C.UTF-8", {("locale", "C.UTF-8")}),
        ('setlocale(LC_ALL, "");', "", set()),
        ("localtime(&t);", "ENV TZ=UTC", {("time-zones", "")}),
        ("strftime(b, 9, f, t);", "ENV TZ=Europe/Rome", {("time-zones", "")}),
        ("strftime(b, 9, f, t);", "ENV TZ=UTC", set()),
    ],
)
def test_environment_decides(code: str, env: str, found: set[tuple[str, str]]) -> None:
    """Locales, and the zone's name, only matter with the setting that asks for them; TZ may be set anew at run time."""
    assert needs(code, tail=env) == found


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("dlopen(n, 1);", "plugins-unproven"), ("fopen(p, m);", "computed-paths"), ("opendir(p);", "computed-paths"),
        ("std::ifstream in(path);", "computed-paths"), ("json_load_file(path, 0, &e);", "computed-paths"),
        ("gzopen(path, m);", "computed-paths"), ("SSL_CTX_use_certificate_file(c, path, 1);", "computed-paths"),
    ],
)  # fmt: skip
def test_open_names_are_assumptions(code: str, reason: str) -> None:
    """What is named by a value that is no literal is left open, by name."""
    assert [a.reason for a in compiled(f"int main(void) {{ {code} }}").assumptions] == [reason]
    assert compiled(HELLO).assumptions == ()


@pytest.mark.parametrize(
    "code",
    [
        "execv(p, a);",
        "system(c);",
        'system("$CMD x");',
        "popen(c, m);",
        'int (*f)(const char *) = system; f("ls");',
        '(system)("ls");',
        "each(names, &system);",
        "int (*f[])(const char *) = { puts, system };",
        'syscall(SYS_execve, "/bin/ls", a, e);',
        "syscall(__NR_execveat, 3, p, a, e, 0);",
        'f = dlsym(RTLD_DEFAULT, "system"); f("ls");',
        '*(void **)&f = dlsym(handle, "execvp");',
    ],
)
def test_a_computed_command_is_any(code: str) -> None:
    """Which program it is was not followed: an empty target has none of them."""
    product = compiled(f"int main(void) {{ {code} }}")
    assert (NeedKind.COMMAND, "*") in {(n.kind, n.value) for n in product.needs}
    assert product.assumptions == ()


@pytest.mark.parametrize(
    "code",
    [
        "int system = 1; f(system);",
        "struct a *system; f(system, 1);",
        "f(a.system, a->system); a.system = system_of(a);",
        "syscall(SYS_gettid); syscall(number, SYS_execve);",
        'f = dlsym(handle, "plugin_init"); g = dlsym(handle, name);',
    ],
)
def test_a_variable_of_that_name_is_no_command(code: str) -> None:
    """A name that is as plain as this one is a project's own where the file declares it."""
    assert not {n for n in compiled(f"int main(void) {{ {code} }}").needs if n.kind is NeedKind.COMMAND}


def test_string_macros_of_headers() -> None:
    """A macro of the project's own header is the literal that it stands for; two values are none."""
    code = '#include "conf.h"\nint main(void) { popen("id " USER " | sed p", "r"); }'
    assert {n.value for n in compiled(code, conf_dot_h='#define USER "www"\n').needs} >= {"id", "sed"}
    deep = {"conf_dot_h": '#include "user.h"\n', "user_dot_h": '#define USER "www"\n'}
    assert {n.value for n in compiled(code, **deep).needs} >= {"id", "sed"}
    either = "#ifdef X\n#define USER a\n#else\n#define USER b\n#endif\n"
    for header in ("#define USER name\n", either, "\n"):
        assert not {n.value for n in compiled(code, conf_dot_h=header).needs} & {"id", "sed"}
    twice = code.replace("\n", '\n#include "other.h"\n', 1)
    product = compiled(twice, conf_dot_h='#define USER "a"\n', other_dot_h='#define USER "b"\n')
    assert not {n.value for n in product.needs} & {"id", "sed"}


def test_evidence_names_file_and_line() -> None:
    """A need says where it was seen."""
    product = compiled(
        '#include "net.h"\nint main(void) { return look(); }',
        net_dot_h="\n\nint look(void) { return gethostbyname(n); }",
    )
    assert [n.why for n in product.needs] == ["net.h:3 calls gethostbyname"]
    assert set(product.sources) == {"main.c", "net.h"}


def test_mentions() -> None:
    """Literals that name what the context brought; formats give the folder; sources and absent names are none."""
    code = """
    #define ROOT "www"
    int main(void) { a("templates/%s.html"); b(ROOT "/index.html"); c("/app/data.bin"); d("main.c"); e("absent/x"); f("ab cd"); g("t"); h("lib"); }
    """
    files = {"templates__a_dot_html": "", "www__index_dot_html": "", "data_dot_bin": "", "t__x": "", "lib__l_dot_h": ""}
    product = compiled(code.replace("int main", '#include "lib/l.h"\nint main', 1), **files)
    assert [m.value for m in product.mentions] == ["/app/www", "/app/templates", "/app/www/index.html", "/app/data.bin"]
    assert {m.kind for m in product.mentions} == {NeedKind.FILE}
    assert product.mentions[1].why == "main.c:4 names 'templates/%s.html'"


def test_mentions_follow_the_final_working_directory() -> None:
    """A relative name is seen from where the program starts."""
    code = 'int main(void) { a("x.txt"); }'
    assert [m.value for m in compiled(code, sub__x_dot_txt="", tail="WORKDIR sub\n").mentions] == ["/app/sub/x.txt"]
    assert compiled(code, sub__x_dot_txt="").mentions == ()


@pytest.mark.parametrize(
    ("command", "libraries"),
    [
        ("gcc main.c -o /app/app -lm -lssl", ["m", "ssl"]),
        ("gcc main.c -o /app/app $(pkg-config --libs zlib)", ["z"]),
        ("g++ main.c -o /app/app", ["stdc++", "gcc_s"]),
        ("g++ main.c -o /app/app -static-libstdc++ -static-libgcc", []),
        ("gcc -static main.c -o /app/app -lz", []),
        ("gcc main.c -o /app/app -fopenmp", ["gomp"]),
        ("gcc main.c -o /app/app /usr/lib/libfoo.so", ["/usr/lib/libfoo.so"]),
    ],
)
def test_libraries(command: str, libraries: list[str]) -> None:
    """Shared libraries by linker name or path; a static program has none."""
    assert [n.value for n in compiled(HELLO, command).needs if n.kind is NeedKind.LIBRARY] == libraries


def test_terminal_library_needs_terminfo() -> None:
    """Ncurses reads terminal descriptions."""
    assert NeedKind.TERMINFO in {n.kind for n in compiled(HELLO, "gcc main.c -o /app/app -lncurses").needs}
