"""Every way to name a file, a socket, a trust store, a zone or a locale: computed it is left open, beside its twin."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from tests.toolchains.c.projects import compiled

PATHS = "computed-paths"


def found(code: str, tail: str = "", head: str = "", **files: str) -> tuple[set[tuple[str, str]], list[str]]:
    """The needs of a main.c whose ``main`` holds ``code``, and what is left open."""
    product = compiled(f"{head}int main(void) {{ {code} }}", tail=tail, **files)
    return {(n.kind.value, n.value) for n in product.needs}, [a.reason for a in product.assumptions]


@pytest.mark.parametrize(
    ("code", "twin"),
    [
        ("creat(p, 1);", 'creat("x", 1);'),
        ("mkdir(p, 1);", "rmdir(p);"),
        ("mkfifo(p, 1);", 'mkfifo("/tmp/f", 1);'),
        ("mknod(p, 1, 2);", 'mknod("/tmp/f", 1, 2);'),
        ("rename(a, b);", 'rename("/tmp/a", "/tmp/b");'),
        ("symlink(a, b);", "unlink(b);"),
        ("openat(AT_FDCWD, p, 1);", "openat(folder, p, 1);"),
        ("scandir(p, &l, 0, 0);", 'scandir("/proc", &l, 0, 0);'),
        ("nftw(p, f, 1, 2);", 'nftw("/proc", f, 1, 2);'),
        ("glob(p, 0, 0, &g);", "glob_t g;"),
        ("fts_open(paths, 1, 0);", "fts_read(f);"),
        ("truncate(p, 1);", "ftruncate(f, 1);"),
        ("chroot(p);", "chown(p, 1, 1);"),
        ("chdir(p);", 'chdir("/");'),
        ("ftok(p, 1);", 'ftok("/", 1);'),
        ("catopen(p, 0);", "catclose(c);"),
        ("setmntent(p, m);", 'setmntent("/proc/mounts", "r");'),
        ("std::make_unique<std::ifstream>(p);", "std::vector<std::ifstream> v;"),
        ("std::wifstream in(p);", "std::wistringstream in(p);"),
        ("std::ifstream in; x.swap(in);", 'std::ifstream in; in.open("/etc/hosts");'),
        ("fs::create_directory(p);", "fs::create_directories(p);"),
        ("std::filesystem::copy_file(a, b);", "std::copy(a, b, c);"),
        ("strcpy(a.sun_path, p);", "strcpy(a.sun_name, p);"),
        ("strncpy(a->sun_path, p, sizeof(a->sun_path) - 1);", "strncpy(a->sun_path + 1, p, 9);"),
        ('snprintf(a.sun_path, sizeof a.sun_path, "/run/%s", n);', "unlink(a.sun_path);"),
        ("std::copy_n(p, n, a.sun_path);", "memset(a.sun_path, 0, n);"),
        ("bind(s, stream_protocol::endpoint(p));", "bind(s, tcp::endpoint(p));"),
        ("uv_pipe_bind(&h, p);", "uv_pipe_open(&h, 1);"),
        ("SSL_CTX_load_verify_file(c, p);", "SSL_CTX_set_verify(c, 1, p);"),
        ("SSL_CTX_load_verify_dir(c, p);", "SSL_CTX_free(c);"),
        ("SSL_CTX_load_verify_locations(c, p, NULL);", "SSL_CTX_load_verify_locations(c, NULL, NULL);"),
        ("SSL_CTX_load_verify_locations(c, NULL, p);", 'SSL_CTX_load_verify_locations(c, "/etc/ssl/cert.pem", NULL);'),
        ('SSL_CTX_load_verify_dir(c, "/etc/ssl/certs");', 'SSL_CTX_load_verify_file(c, "/etc/ssl/cert.pem");'),
        ("X509_STORE_load_file(s, p);", "X509_STORE_add_cert(s, c);"),
        ("gnutls_certificate_set_x509_trust_file(c, p, 1);", "gnutls_certificate_free_credentials(c);"),
        ("mbedtls_x509_crt_parse_file(&c, p);", "mbedtls_x509_crt_parse(&c, p, n);"),
        ("BIO_new_file(p, m);", "BIO_new_mem_buf(p, n);"),
        ("curl_easy_setopt(h, CURLOPT_CAINFO, p);", "curl_easy_setopt(h, CURLOPT_URL, p);"),
        ("curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, p);", "curl_easy_setopt(h, CURLOPT_CAINFO, NULL);"),
        ('setenv("HOSTALIASES", p, 1);', 'setenv("COLOUR", p, 1);'),
        ("SSL_CTX_set_default_verify_paths(c); setenv(n, v, 1);", 'SSL_CTX_set_default_verify_paths(c); setenv("HOME", v, 1);'),
        ("mdb_env_open(e, p, 0, 1);", "mdb_env_close(e);"),
        ("posix_spawn_file_actions_addopen(&a, 1, p, 0, 0);", "posix_spawn_file_actions_addclose(&a, 1);"),
        ("symlinkat(a, 1, b);", "unlinkat(1, b, 0);"),
        ("linkat(1, a, 2, b, 0);", "unlinkat(1, b, 0);"),
        ("fs::current_path(p);", "x = fs::current_path();"),
        ("utmpxname(p);", 'utmpxname("/tmp/u");'),
        ('setlocale(LC_ALL, n); bindtextdomain("x", p);', 'bindtextdomain("x", p);'),
        ('setlocale(LC_ALL, n); textdomain("x");', 'setlocale(LC_ALL, n); bindtextdomain("x", "/tmp"); textdomain("x");'),
    ],
)  # fmt: skip
def test_what_is_computed_is_left_open(code: str, twin: str) -> None:
    """A path that no literal gives may lead anywhere; a look-alike, or a path that is given, does not."""
    assert PATHS in found(code)[1]
    assert PATHS not in found(twin)[1]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("pugixml.hpp", "doc.load_file(p);"),
        ("yaml-cpp/yaml.h", "YAML::LoadFile(p);"),
        ("tinyxml2.h", "doc->LoadFile(p);"),
        ("boost/property_tree/json_parser.hpp", "pt::read_json(p, tree);"),
        ("boost/asio/ssl.hpp", "context.load_verify_file(p);"),
        ("boost/asio/ssl.hpp", "context.add_verify_path(p);"),
        ("leveldb/db.h", "leveldb::DB::Open(o, p, &db);"),
        ("spdlog/spdlog.h", 'spdlog::basic_logger_mt("x", p);'),
        ("spdlog/spdlog.h", "std::make_shared<spdlog::sinks::basic_file_sink_mt>(p);"),
    ],
)
def test_members_of_libraries(header: str, code: str) -> None:
    """A library's member opens what it is given; one of the same name without the library's header is another's."""
    assert PATHS in found(code, head=f"#include <{header}>\n")[1]
    assert PATHS not in found(code, head="#include <string>\n")[1]


@pytest.mark.parametrize(
    ("code", "need", "twin"),
    [
        ('strcpy(a.sun_path, "/run/app/s");', ("file", "/run/app"), 'strcpy(a.sun_path, "/dev/log");'),
        ('struct sockaddr_un a = {.sun_path = "/run/app/s"};', ("file", "/run/app"), 'struct sockaddr_un a = {.sun_path = "\\0app"};'),
        ('snprintf(a.sun_path, 9, "%s", "/run/app/s");', ("file", "/run/app"), 'snprintf(b, 9, "%s", "/run/app/s");'),
        ('mkfifo("/var/spool/app/f", 1);', ("file", "/var/spool/app"), 'mkfifo("/tmp/f", 1);'),
        ('open("/var/lib/app/db", O_RDWR | O_CREAT, 1);', ("file", "/var/lib/app"), 'open("/dev/null", O_WRONLY | O_CREAT);'),
        ('char t[] = "/var/spool/app/XXXXXX"; mkstemp(t);', ("file", "/var/spool/app"), 'char t[] = "/var/spool/app/x"; f(t);'),
        ('chdir("/srv/data");', ("file", "/srv/data"), 'chdir("..");'),
        ('chdir("sub"); fopen("conf.ini", "r");', ("file", "sub/conf.ini"), 'fopen("sub.ini", "r");'),
        ("tcp::resolver r(io);", ("name-service", "services"), "my::resolver r(io);"),
        ('getrpcbyname("nfs");', ("file", "/etc/rpc"), 'getrpcport("nfs");'),
        ('getsgnam("x");', ("users", ""), "getgid();"),
        ("uv_spawn(l, &h, &o);", ("command", "*"), "uv_run(l, 1);"),
        ('setenv("PATH", p, 1); execvp("date", a);', ("command", "*"), 'setenv("PATH", p, 1); execv("/bin/date", a);'),
        ("setenv(n, v, 1); strftime(b, 9, f, t);", ("time-zones", ""), 'setenv("LANG", v, 1); strftime(b, 9, f, t);'),
        ("putenv(line); strftime(b, 9, f, t);", ("time-zones", ""), "putenv(line); puts(line);"),
        ('setenv("TZ", zone, 1); tzset();', ("time-zones", ""), 'setenv("TZ", "UTC", 1); tzset();'),
        ("std::locale l(n);", ("locale", "*"), "std::locale l(in.getloc());"),
        ("std::locale l(n);", ("locale", "*"), "std::locale l(std::locale(), new f);"),
        ("out.imbue(std::locale(n));", ("locale", "*"), "out.imbue(std::locale::classic());"),
        ("setlocale(LC_ALL, n);", ("locale", "*"), "setlocale(LC_ALL, NULL);"),
        ("newlocale(LC_ALL_MASK, n, 0);", ("locale", "*"), 'newlocale(LC_ALL_MASK, "C", 0);'),
        ("setlocale(LC_ALL, n);", ("locale", "*"), "char *n = strdup(setlocale(LC_NUMERIC, NULL)); setlocale(LC_NUMERIC, n);"),
        ('setenv(n, v, 1); setlocale(LC_ALL, "");', ("locale", "*"), 'setenv("X", v, 1); setlocale(LC_ALL, "");'),
        ("OSSL_PROVIDER_load(0, n);", ("plugin", "*"), 'OSSL_PROVIDER_load(0, "default");'),
    ],
)  # fmt: skip
def test_what_it_asks_for(code: str, need: tuple[str, str], twin: str) -> None:
    """A name that is given asks for its folder, a variable for what reads it; the twin for nothing of that."""
    assert need in found(code, sub__conf_dot_ini="")[0]
    assert need not in found(twin, sub__conf_dot_ini="")[0]


def test_another_locale_than_the_standards() -> None:
    """A project's own word is none of std::locale; under the header that declares it it may be."""
    assert found("locale(n);") == (set(), [])
    assert ("locale", "*") in found("locale(n);", head="#include <iostream>\nusing namespace std;\n")[0]
