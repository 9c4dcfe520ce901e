"""What Rust sources and crates say that a program needs."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.rust.support import MAIN, kinds, lock, manifest, only, program

_COMMAND, _SHELL, _NAMES = NeedKind.COMMAND, NeedKind.SHELL, NeedKind.NAME_SERVICE
_SHELLED = {(_SHELL, "sh"), (_COMMAND, "git"), (_COMMAND, "wc")}


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ('std::process::Command::new("git").spawn();', {(_COMMAND, "git")}),
        ('use std::process::Command; Command::new("git").arg("x");', {(_COMMAND, "git")}),
        ('use std::process::{self, Stdio}; process::Command::new("git");', {(_COMMAND, "git")}),
        ('use tokio::process::Command as Run; Run::new("git");', {(_COMMAND, "git")}),
        ('use std::process::*; Command::new("git");', {(_COMMAND, "git")}),
        ('use clap::Command; Command::new("git");', set()),
        ('const TOOL: &str = "git"; std::process::Command::new(TOOL);', {(_COMMAND, "git")}),
        ("std::process::Command::new(tool);", {(_COMMAND, "*")}),
        ("let f = std::process::Command::new;", {(_COMMAND, "*")}),
        ("use std::process::Command; let f = Command::new::<&str>;", {(_COMMAND, "*")}),
        ('type Run = std::process::Command; Run::new("git");', {(_COMMAND, "git")}),
        ('extern "C" { fn system(a: *const u8) -> i32; } system(text);', {(_COMMAND, "*")}),
        ("let f = std::net::TcpStream::connect;", {(_NAMES, "")}),
        ("std::process::Command::new(std::env::current_exe().unwrap());", set()),
        ('std::process::Command::new(std::env::current_exe()?.with_file_name("b"));', {(_COMMAND, "*")}),
        ('std::process::Command::new("env").arg("git");', {(_COMMAND, "env"), (_COMMAND, "git")}),
        ('std::process::Command::new("sh").args(["-c", "git pull | wc"]);', _SHELLED),
        ('std::process::Command::new("sh").arg("bin/x.sh").arg(a);', {(_SHELL, "sh"), (_COMMAND, "bin/x.sh")}),
        ('std::process::Command::new("sh").arg("-c").arg(text);', {(_SHELL, "sh"), (_COMMAND, "*")}),
        ('// std::process::Command::new("git");', set()),
        ('/* a /* b */ std::process::Command::new("git"); */', set()),
        ('let a = r#"std::process::Command::new("git")"#;', set()),
        ("let a = '\"'; let b: &'static str = \"x\";", set()),
        ('libloading::Library::new("libx.so");', {(NeedKind.PLUGIN, "libx.so")}),
        ('std::net::TcpStream::connect("example.com:80");', {(_NAMES, "")}),
        ('std::net::TcpStream::connect("127.0.0.1:80");', set()),
        ('std::net::TcpListener::bind("[::]:80");', set()),
        ('std::net::TcpListener::bind("localhost:80");', {(_NAMES, "")}),
        ('std::net::TcpListener::bind(format!("0.0.0.0:{}", port));', set()),
        ("let addr = SocketAddr::from(([0, 0, 0, 0], 80)); std::net::TcpListener::bind(&addr);", set()),
        ("let addr: SocketAddr = text.parse()?; std::net::TcpListener::bind(addr);", set()),
        ("std::net::TcpListener::bind(addr);", {(_NAMES, "")}),
        ('HttpServer::new(app).bind("0.0.0.0:80")?.run();', set()),
        ("HttpServer::new(app).bind(address)?.run();", {(_NAMES, "")}),
        ('("0.0.0.0", 80).to_socket_addrs();', {(_NAMES, "")}),
        ('std::fs::read("/etc/passwd");', {(NeedKind.USERS, "")}),
        ('std::fs::read("/etc/ssl/certs/ca-certificates.crt");', {(NeedKind.CERTIFICATES, "")}),
        ('std::fs::read("/etc/localtime");', {(NeedKind.TIME_ZONES, ""), (NeedKind.FILE, "/etc/localtime")}),
        ('std::fs::read("/usr/share/zoneinfo/UTC");', {(NeedKind.TIME_ZONES, "")}),
        ('std::fs::read("/etc/services");', {(_NAMES, "services")}),
        ('std::fs::read("/proc/stat");', set()),
        ('std::fs::read("/opt/data");', {(NeedKind.FILE, "/opt/data")}),
        ('const D: &str = "/opt"; std::fs::read(format!("{D}/data"));', {(NeedKind.FILE, "/opt/data")}),
        ('const D: &str = "/opt"; std::fs::read(format!("{}/{}", D, "data"));', {(NeedKind.FILE, "/opt/data")}),
        ('std::fs::read(format!("/opt/{x}"));', set()),
        ('const D: &str = "/opt"; std::fs::read(format!("{D:?}/data"));', set()),
        ('const D: &str = "/opt"; std::fs::read(format!("{{D}}/data"));', set()),
        ('std::fs::write("/var/log/app/x", "");', {(NeedKind.FILE, "/var/log/app")}),
        ('std::fs::metadata("/opt/data");', set()),
        ('std::fs::metadata("/usr/share/x");', {(NeedKind.FILE, "/usr/share/x")}),
        ('std::path::Path::new("/usr/bin/git").exists();', {(NeedKind.FILE, "/usr/bin/git")}),
        ('std::path::Path::new("/etc/mime.types").exists();', {(NeedKind.MEDIA_TYPES, "")}),
        ('extern "C" { fn getservbyname(a: *const i8); } getservbyname(n);', {(_NAMES, "services")}),
        ('extern "C" { fn gethostbyname(a: *const i8); } gethostbyname(n);', {(_NAMES, "")}),
        ('extern "C" { fn iconv_open(a: *const i8); } iconv_open(n);', {(NeedKind.GCONV, "")}),
        ("unsafe { libc::localtime_r(t, r) };", {(NeedKind.TIME_ZONES, "")}),
        ("unsafe { libc::gmtime_r(t, r) };", set()),
        ("tempfile::tempdir();", {(NeedKind.TMP, "")}),
        ('std::env::var("HOME");', {(NeedKind.USERS, ""), (NeedKind.FILE, "/root")}),
        ('std::fs::OpenOptions::new().create(true).open("/var/log/x.log");', {(NeedKind.FILE, "/var/log")}),
        ('std::fs::OpenOptions::new().read(true).open("/usr/share/x");', {(NeedKind.FILE, "/usr/share/x")}),
        ('std::fs::OpenOptions::new().write(true).create_new(true).open("/tmp/x");', {(NeedKind.TMP, "")}),
        ('archive.open("/var/log/x.log");', set()),
    ],
)  # fmt: skip
def test_calls(body: str, needs: set[tuple[NeedKind, str]]) -> None:
    """Each call by its whole path, literals through what only changes their type."""
    assert kinds(program(f"fn main() {{ {body} }}\n")) == needs


@pytest.mark.parametrize(
    ("body", "looks_up"),
    [
        ("hyper::client::HttpConnector::new()", True),
        ("hyper_util::client::legacy::Client::builder(e).build_http()", True),
        ("hyper_util::client::legacy::connect::HttpConnector::new()", True),
        ("tonic::transport::Channel::from_shared(s)", True),
        ("tokio_tungstenite::connect_async_with_config(u, c, d)", True),
        ("hyper_util::server::conn::auto::Builder::new(e)", False),
        ("tokio_tungstenite::accept_async(s)", False),
        ("tonic::transport::Server::builder()", False),
    ],
)
def test_clients(body: str, *, looks_up: bool) -> None:
    """What connects to a server by name looks the name up; the server's side of the same crate does not."""
    assert kinds(program(f"fn main() {{ {body}; }}\n")) == ({(_NAMES, "")} if looks_up else set())


@pytest.mark.parametrize(
    ("crates", "needs", "reasons"),
    [
        ("native-tls", {(NeedKind.CERTIFICATES, "")}, []),
        ("rustls-native-certs", {(NeedKind.CERTIFICATES, "")}, []),
        ("webpki-roots", set(), []),
        ("reqwest", {(_NAMES, "")}, []),
        ("whoami", {(NeedKind.USERS, "")}, []),
        ("tokio", set(), []),
        ("tempfile", {(NeedKind.TMP, "")}, []),
        ("tempdir", {(NeedKind.TMP, "")}, []),
        ("rocket", {(NeedKind.TMP, "")}, []),
        ("multer", set(), []),
        ("nobody-read-this", set(), ["modules-unread"]),
        ("git2", set(), ["commands-unproven"]),
    ],
)
def test_crates(crates: str, needs: set[tuple[NeedKind, str]], reasons: list[str]) -> None:
    """Crates that were read once are settled by that, the others stay open."""
    product = program(MAIN, crates)
    assert kinds(product) == needs
    assert [a.reason for a in product.assumptions] == reasons


def test_crates_of_crates() -> None:
    """A crate between that takes a file into a temporary one needs the folder as the program itself would."""
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nactix-multipart = "0.6"'), "src/main.rs": MAIN,
        "Cargo.lock": lock(shop="actix-multipart", actix_multipart="tempfile", tempfile=""),
    }  # fmt: skip
    assert kinds(only(files)) == {(NeedKind.TMP, "")}
    assert kinds(only({**files, "Cargo.lock": lock(shop="actix-multipart", actix_multipart="")})) == set()


def test_files() -> None:
    """What is opened, named or served goes along; what is compiled in or tested with does not."""
    text = """
    const PAGE: &str = include_str!("page.html");
    fn main() {
        std::fs::read_to_string("config/app.toml");
        tower_http::services::ServeDir::new("static");
        let name = "data/list.csv";
    }
    #[cfg(test)]
    mod tests { fn t() { std::fs::read("tests/case.txt"); } }
    """
    files = {
        "src/main.rs": text, "src/page.html": "", "config/app.toml": "", "static/a.css": "", "data/list.csv": "",
        "tests/case.txt": "", "other.txt": "",
    }  # fmt: skip
    product = only(files)
    assert {n.value for n in product.mentions} == {"/src/config/app.toml", "/src/static", "/src/data/list.csv"}
    assert "src/page.html" in product.sources
    assert "src/main.rs" in product.sources
    assert "other.txt" not in product.sources


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ('rocket::fs::relative!("static")', {"/src/static"}),
        ('relative!("static/deep")', {"/src/static/deep"}),
        ('concat!(env!("CARGO_MANIFEST_DIR"), "/static")', {"/src/static"}),
        ('concat!(env!("CARGO_MANIFEST_DIR"), "/", "static")', {"/src/static"}),
        ('env!("CARGO_MANIFEST_DIR")', set()),
        ('concat!(env!("OUT_DIR"), "/static")', None),
        ('env!("STATIC")', None),
        ('other!("static")', None),
        ("relative!(name)", None),
    ],
)  # fmt: skip
def test_paths_that_are_compiled_in(path: str, named: set[str] | None) -> None:
    """Cargo tells a package's folder while it compiles; any other path is computed."""
    text = f"use rocket::fs::{{FileServer, relative}}; fn main() {{ FileServer::from({path}); }}"
    product = only({"src/main.rs": text, "static/deep/a.css": "", "static/b.css": ""})
    assert {n.value for n in product.mentions} == (named or set())
    assert ("computed-paths" in [a.reason for a in product.assumptions]) is (named is None)


@pytest.mark.parametrize(
    ("opens", "needed", "computed"),
    [
        ('rocket::fs::FileServer::from(".")', {"/src"}, False),
        ('tower_http::services::ServeDir::new("./")', {"/src"}, False),
        ('actix_files::Files::new("/", ".")', {"/src"}, False),
        ('std::fs::read_dir("/src")', {"/src"}, False),
        ('app.at("/").serve_dir(".")', {"/src"}, False),
        ('std::fs::read_dir("..")', set(), True),
        ('tera::Tera::new("*.html")', set(), True),
        ('glob::glob("./**/*.html")', set(), True),
        # Of a folder below, where something is made, and what only looks.
        ('tower_http::services::ServeDir::new("web")', set(), False),
        ('tera::Tera::new("web/**/*.html")', set(), False),
        ('std::fs::metadata(".")', set(), False),
        ('std::fs::create_dir_all(".")', set(), False),
        ('path.join(".")', set(), False),
    ],
)  # fmt: skip
def test_the_working_directory_itself(opens: str, needed: set[str], computed: bool) -> None:  # noqa: FBT001
    """A program that gives it out needs all of it; one that searches it may open any file there."""
    product = only({"src/main.rs": f"fn main() {{ {opens}; }}", "web/a.html": "", "b.html": ""})
    assert {n.value for n in product.needs if n.kind is NeedKind.FILE} == needed
    assert ("computed-paths" in [a.reason for a in product.assumptions]) is computed


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('rouille::match_assets(&request, "public")', True),
        ('rouille::Any::new(["public"])', True),
        ('rouille::Any::new(&["x", "public"], 1)', True),
        ('use rouille::*; Any::new("public")', True),
        ('use rouille::a::B; B::new("public")', True),
        ('rouille::match_assets(&request, "private")', False),
        ('rouille::match_assets(&request, "code")', False),
        ('String::from("public")', False),
        ('println!("public")', False),
        ('own::new("public")', False),
        ('x.get("public")', False),
        ('rouille::a(b(c("public")))', False),
        ('app.serve("/", "public")', True),
        ('app.serve("/", "private")', False),
        ('x.contains("public")', False),
        ('app.serve("/", dir.unwrap_or("public".into()))', True),
        ('let dir = "public"', True),
        ('let is = dir == "public"', False),
        ('App { dir: "public" }', True),
    ],
)  # fmt: skip
def test_folders_that_a_crate_is_given(text: str, named: bool) -> None:  # noqa: FBT001
    """A word is the name of a folder where a fetched crate may get it and the image has one with data in it."""
    uses, _, body = text.rpartition("; ")
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nrouille = "3"'), "Cargo.lock": lock(shop="rouille", rouille=""),
        "src/main.rs": f"{uses}; fn main() {{ {body}; }}", "public/a.css": "", "code/a.rs": "",
    }  # fmt: skip
    assert {n.value for n in only(files).mentions} == ({"/src/public"} if named else set())


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ('[global.databases]\nmain = { url = "./db/main.sqlite" }', {"/src/db/main.sqlite"}),
        ('url = "sqlite://db/main.sqlite?mode=rwc"', {"/src/db/main.sqlite"}),
        ('url = "sqlite:db/main.sqlite"', {"/src/db/main.sqlite"}),
        ('[default.tls]\ncerts = "/src/tls.pem"', {"/src/tls.pem"}),
        ('template_dir = "views"', {"/src/views"}),
        ('[default]\naddress = "0.0.0.0"\nport = 80', set()),
        ('# url = "db/main.sqlite"', set()),
        ('url = "db/other.sqlite"', set()),
        ('main = "src/main.rs"', set()),
        ('url = "postgres://db/main"', set()),
    ],
)  # fmt: skip
def test_files_that_settings_name(settings: str, named: set[str]) -> None:
    """Where the settings go along, so does what they name and the context holds."""
    files = {"src/main.rs": 'fn main() { std::fs::read("app.toml"); }', "app.toml": settings}
    data = {"db/main.sqlite": "", "tls.pem": "", "views/a.hbs": "", "other/x": ""}
    assert {n.value for n in only({**files, **data}).mentions} == {"/src/app.toml", *named}
    assert only({**files, **data, "src/main.rs": MAIN}).mentions == ()


@pytest.mark.parametrize(
    ("opens", "embedded"),
    [
        ('println!("{PAGE}")', True),
        ('std::fs::read("b.html")', True),
        ('std::fs::read_to_string("page.html")', False),
        ('std::fs::read_to_string("/src/page.html")', False),
        ("std::fs::File::open(std::env::args().nth(1).unwrap())", False),
        ('std::fs::read(format!("{}.html", name))', False),
        ("tower_http::services::ServeDir::new(folder)", False),
    ],
)  # fmt: skip
def test_embedded_and_opened(opens: str, *, embedded: bool) -> None:
    """A file that is compiled in only serves the build unless the program opens it, or paths that it computes."""
    text = f'const PAGE: &str = include_str!("../page.html");\nfn main() {{ {opens}; }}\n'
    product = only({"src/main.rs": text, "page.html": "", "b.html": ""})
    assert ("page.html" in product.sources) is embedded
    assert "src/main.rs" in product.sources


@pytest.mark.parametrize(
    "body",
    [
        "app.at(p).serve_dir(d)", "app.at(p).serve_file(d)", "hb.register_template_file(n, d)",
        "hb.register_templates_directory(d, o)", "tls.set_private_key_file(d, t)", "csv.from_path(d)",
        "walkdir::WalkDir::new(d)", 'glob::glob(&format!("{d}/*"))', "sqlx::migrate::Migrator::new(d)",
        "fs_err::read(d)", "image::ImageReader::open(d)", "Path::new(d).read_dir()",
        "std::fs::OpenOptions::new().read(true).open(d)", "std::fs::File::options().read(true).open(d)",
        'std::fs::read(Path::new("www").join(n))', 'std::fs::read(d.join("a.txt"))',
        'std::fs::read(std::env::current_exe().unwrap().with_file_name("a.txt"))',
    ],
)  # fmt: skip
def test_computed(body: str) -> None:
    """What opens a path that is no literal may open any file, by whichever way it is opened."""
    assert [a.reason for a in program(f"fn main() {{ {body}; }}\n").assumptions] == ["computed-paths"]


@pytest.mark.parametrize(
    "body",
    [
        'app.at(p).serve_dir("www")', 'hb.register_templates_directory("www", o)', 'walkdir::WalkDir::new("www")',
        'hb.register_templates_directory(".hbs", "www")', 'glob::glob("www/*")', 'Path::new("www/").read_dir()',
        'std::fs::OpenOptions::new().read(true).open("www/a.txt")', 'csv.from_path("www/a.txt")',
        'std::fs::read(Path::new("www").join("a.txt"))',
        'std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/a.txt"))',
    ],
)  # fmt: skip
def test_named(body: str) -> None:
    """The same with a literal: the file or folder goes along."""
    product = only({"src/main.rs": f"fn main() {{ {body}; }}\n", "www/a.txt": ""})
    assert {n.value.rpartition("/a.txt")[0] or n.value for n in (*product.mentions, *product.needs)} >= {"/src/www"}


@pytest.mark.parametrize(("folder", "mentions"), [('"www"', {"/src/www"}), ("d", set())])
def test_other_folder(folder: str, mentions: set[str]) -> None:
    """Relative names start elsewhere where the program changes its folder; a child's own folder changes nothing."""
    files = {"src/main.rs": f"fn main() {{ std::env::set_current_dir({folder}); }}\n", "www/a.txt": ""}
    product = only(files)
    assert {n.value for n in product.mentions} == mentions
    assert [a.reason for a in product.assumptions] == ["computed-paths"]
    child = f'fn main() {{ std::process::Command::new("ls").current_dir({folder}); }}\n'
    assert not only({**files, "src/main.rs": child}).assumptions


@pytest.mark.parametrize(
    "body",
    [
        "log.open(d); std::fs::OpenOptions::new().create(true).append(true)", "socket.open(d)", "door.read_dir(d)",
        "handle.join(d)",
    ],
)  # fmt: skip
def test_not_computed(body: str) -> None:
    """A file that is made, and what only has the name of a method, leaves nothing open."""
    assert not program(f"fn main() {{ {body}; }}\n").assumptions


def test_modules_and_local_crates() -> None:
    """Modules in files of their own, by ``#[path]``, and local crates are read."""
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nours = { path = "ours" }'),
        "src/main.rs": '#[path = "odd.rs"]\nmod strange;\nmod one;\nfn main() {}\n',
        "src/odd.rs": 'fn a() { std::process::Command::new("a"); }',
        "src/one/mod.rs": "mod two;",
        "src/one/two.rs": 'fn b() { std::process::Command::new("b"); }',
        "ours/Cargo.toml": manifest("ours"),
        "ours/src/lib.rs": 'fn c() { std::process::Command::new("c"); }',
        "src/bin/other.rs": 'fn main() { std::process::Command::new("d"); }',
        "Cargo.lock": lock(shop="ours", ours=""),
    }
    product = only(files, "cargo build --bin shop")
    assert kinds(product) == {(_COMMAND, "a"), (_COMMAND, "b"), (_COMMAND, "c")}


def test_time_zone() -> None:
    """The local time is that of the zone that TZ names, which who starts the image may set."""
    assert kinds(only({"src/main.rs": "fn main() { chrono::Local::now(); }"})) == {(NeedKind.TIME_ZONES, "")}
    assert kinds(only({"src/main.rs": "fn main() { chrono::Utc::now(); }"}, extra="ENV TZ=Europe/Oslo\n")) == set()


def test_implied_files() -> None:
    """A framework reads its settings without being told."""
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nrocket = "0.5"'), "Cargo.lock": lock(shop="rocket", rocket=""),
        "src/main.rs": MAIN, "Rocket.toml": "",
    }  # fmt: skip
    assert [n.value for n in only(files).mentions] == ["/src/Rocket.toml"]


@pytest.mark.parametrize("name", ["rocket", "shop"])
def test_a_package_may_have_the_name_of_a_crate_that_it_needs(name: str) -> None:
    """It is the registry's all the same: no package needs itself."""
    files = {
        "Cargo.toml": manifest(name, '[dependencies]\nrocket = "0.5"'),
        "Cargo.lock": lock(**{"rocket": "", name: "rocket"}),
        "src/main.rs": MAIN, "Rocket.toml": "",
    }  # fmt: skip
    assert [n.value for n in only(files).mentions] == ["/src/Rocket.toml"]


def test_included_code() -> None:
    """Code that is included is read; what a build script writes is not there to be read."""
    text = 'include!("more.rs");\nfn main() {}\n'
    product = only({"src/main.rs": text, "src/more.rs": 'fn a() { std::process::Command::new("git"); }'})
    assert kinds(product) == {(_COMMAND, "git")}
    made = 'include!(concat!(env!("OUT_DIR"), "/made.rs"));\nfn main() {}\n'
    assert [a.reason for a in program(made).assumptions] == ["sources-unread"]


def test_fork() -> None:
    """A crate from elsewhere is another one than the crate of that name that was read."""
    fork = (
        lock(shop="bytes") + '\n[[package]]\nname = "bytes"\nversion = "1.0.0"\nsource = "git+https://example.com/b"\n'
    )
    files = {"Cargo.toml": manifest(more='[dependencies]\nbytes = "1"'), "src/main.rs": MAIN, "Cargo.lock": fork}
    assert [a.reason for a in only(files).assumptions] == ["modules-unread"]


def test_a_word_names_no_folder_where_nothing_is_fetched() -> None:
    """What Rust's own library takes for a path is known: a word that goes elsewhere is one."""
    files = {"src/main.rs": 'fn main() { app.serve("public"); let x = "public"; }', "public/a.css": ""}
    assert only(files).mentions == ()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ('Path::new("conf").exists()', {"/src/conf"}),
        ('PathBuf::from("conf/app.toml").is_file()', {"/src/conf/app.toml"}),
        ('Path::new("other").exists()', set()),
        ("Path::new(name).exists()", set()),
        ('Path::new(".").exists()', set()),
    ],
)
def test_what_is_only_looked_for_goes_along(call: str, named: set[str]) -> None:
    """A program may do otherwise where it is missing; a path that is computed leaves nothing open until it is read."""
    text = f"use std::path::{{Path, PathBuf}}; fn main() {{ if {call} {{ a() }} }}"
    product = only({"src/main.rs": text, "conf/app.toml": ""})
    assert {n.value for n in product.mentions} == named
    assert not product.assumptions


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ('fn main() { cc::Build::new().file("x.c").compile("x"); }', {"name-service", "computed-paths"}),
        ('fn main() { std::process::Command::new("gcc").arg("x.c"); }', {"name-service", "computed-paths"}),
        ('fn main() { println!("cargo:rerun-if-changed=x.c"); }', set()),
        ("", set()),
    ],
)
def test_c_code_that_a_build_script_compiles(script: str, asked: set[str]) -> None:
    """What C functions ask for, the program asks for; not where nothing compiles them."""
    files = {"src/main.rs": MAIN, "x.c": 'int x(void) { fopen(n, "r"); return getservbyname("http", 0) != 0; }'}
    product = only(files | ({"build.rs": script} if script else {}))
    assert {a.reason for a in product.assumptions} | {k.value for k, _ in kinds(product)} == asked
