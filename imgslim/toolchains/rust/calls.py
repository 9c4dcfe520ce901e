"""What functions of Rust's library and of well-known crates ask of the image: one table, by whole path."""

from __future__ import annotations

from imgslim.model import NeedKind

#: A kind of need and a path, then names below it; ``!`` behind a name marks what only makes files, ``?`` what only
#: looks. A line that is indented goes on. From each crate's documentation.
_TABLE = """
command std::process::Command: new
command tokio::process::Command: new
command async_process::Command: new
command async_std::process::Command: new
command smol::process::Command: new
command duct: cmd
command subprocess::Exec: cmd
command nix::unistd: execv execve execvp execvpe
command libc: execv execve execvp execl execlp system popen posix_spawn posix_spawnp
command which: which
command open: that
command webbrowser: open
command opener: open
shell subprocess::Exec: shell
shell duct_sh: sh sh_dangerous
plugin libloading::Library: new open
plugin libloading::os::unix::Library: new open
plugin libc: dlopen
plugin dlopen2::wrapper::Container: load
name-service std::net::TcpStream: connect
name-service tokio::net::TcpStream: connect
name-service tokio::net: lookup_host
name-service async_std::net::TcpStream: connect
name-service std::net::TcpListener: bind
name-service tokio::net::TcpListener: bind
name-service std::net::UdpSocket: bind
name-service tokio::net::UdpSocket: bind
name-service tiny_http::Server: http https
name-service rouille: start_server start_server_with_pool
name-service rouille::Server: new
name-service gotham: start
name-service salvo::conn::TcpListener: new
name-service salvo::prelude::TcpListener: new
name-service poem::listener::TcpListener: bind
name-service tungstenite: connect
name-service tungstenite::client: connect connect_with_config
name-service tokio_tungstenite: connect_async connect_async_with_config connect_async_tls_with_config
name-service hyper::Client: new builder
name-service hyper::client::Client: new builder
name-service hyper::client::HttpConnector: new
name-service hyper::client::connect::HttpConnector: new
name-service hyper_util::client::legacy::Client: builder
name-service hyper_util::client::legacy::connect::HttpConnector: new
name-service tonic::transport::Channel: from_shared from_static builder
name-service tonic::transport::Endpoint: new from_shared from_static
name-service dns_lookup: lookup_host lookup_addr getaddrinfo
name-service libc: getaddrinfo gethostbyname getnameinfo getservbyname getservbyport
users nix::unistd::User: from_name from_uid
users nix::unistd::Group: from_name from_gid
users libc: getpwnam getpwuid getpwnam_r getpwuid_r getgrnam getgrgid
users std::env: home_dir
users dirs: home_dir config_dir data_dir cache_dir data_local_dir config_local_dir
users home: home_dir cargo_home
users directories::ProjectDirs: from
users directories::BaseDirs: new
users directories::UserDirs: new
users whoami: username realname
users users: get_user_by_name get_user_by_uid get_current_username
time-zones jiff::tz::TimeZone: get system
time-zones jiff::Zoned: now
time-zones tzfile::Tz: named local
time-zones tz::TimeZone: local from_posix_tz
locale libc: setlocale
time-zones libc: localtime localtime_r mktime ctime ctime_r tzset
gconv libc: iconv_open
tmp std::env: temp_dir
tmp tempfile: tempfile tempdir NamedTempFile
tmp tempfile::NamedTempFile: new
tmp tempfile::TempDir: new
tmp tempfile::Builder: new
tmp tempdir::TempDir: new
file std::fs: read read_to_string read_dir write! create_dir! create_dir_all! metadata? canonicalize? copy rename?
  remove_file? remove_dir_all? read_link? set_permissions?
file std::fs::File: open create! create_new!
file std::path::Path: new?
file std::path::PathBuf: from?
file tokio::fs: read read_to_string read_dir write! create_dir! create_dir_all! metadata? canonicalize? copy
file tokio::fs::File: open create!
file std::os::unix::net::UnixListener: bind!
file std::os::unix::net::UnixDatagram: bind!
file tokio::net::UnixListener: bind!
file tokio::net::UnixDatagram: bind!
file async_std::os::unix::net::UnixListener: bind!
file async_std::fs: read read_to_string read_dir write!
file async_std::fs::File: open create!
file tower_http::services::ServeDir: new
file tower_http::services::ServeFile: new
file tower_http::services::fs::ServeDir: new
file actix_files::NamedFile: open open_async
file actix_files::Files: new@1
file rocket::fs::FileServer: from new
file rocket::fs::NamedFile: open
file warp::fs: dir file
file warp: dir file
file tera::Tera: new
file minijinja: path_loader
file config::File: with_name from
file log4rs: init_file
file dotenvy: from_filename from_path
file dotenv: from_filename from_path
file rusqlite::Connection: open?
file sled: open?
file csv::Reader: from_path
file image: open
file image::ImageReader: open
file image::io::Reader: open
file walkdir::WalkDir: new
file ignore::Walk: new
file ignore::WalkBuilder: new
file glob: glob glob_with
file sqlx::migrate::Migrator: new
file calamine: open_workbook open_workbook_auto
file fs_err: read read_to_string read_dir write! create_dir! create_dir_all! metadata? canonicalize? copy
file fs_err::File: open create!
file async_fs: read read_to_string read_dir write! create_dir! create_dir_all! metadata? canonicalize? copy
file async_fs::File: open create!
file memmap2::Mmap: map?
"""


def _functions() -> tuple[dict[str, tuple[NeedKind, ...]], dict[str, str], dict[str, int]]:
    kinds: dict[str, tuple[NeedKind, ...]] = {}
    marks: dict[str, str] = {}
    places: dict[str, int] = {}
    for line in _TABLE.replace("\n  ", " ").strip().splitlines():
        head, _, names = line.partition(": ")
        kind, package = head.split()
        for word in names.split():
            name, _, place = word.rstrip("!?").partition("@")
            path = f"{package}::{name}"
            kinds[path] = (*kinds.get(path, ()), NeedKind(kind))
            marks[path] = word[-1] if word[-1] in "!?" else ""
            places[path] = int(place or 0)
    return kinds, marks, places


#: Path to the kinds of need; ``!`` and ``?`` where they are only made or looked at; which argument it is about.
FUNCTIONS, MARKS, ARGUMENT = _functions()
#: They read services(5), by name or by number.
SERVICES = frozenset({"libc::getservbyname", "libc::getservbyport", "libc::getaddrinfo", "libc::getnameinfo"})
#: Relative paths start elsewhere after it.
CHANGES_FOLDER = "std::env::set_current_dir"
#: Methods by name alone that hand a path on: ``Tera`` and ``OpenOptions``, servers, certificates.
PATH_METHODS: dict[str, int] = {
    "open": 0, "serve_dir": 0, "static_file": 0, "set_certificate_chain_file": 0, "set_private_key_file": 0,
    "register_templates_directory": 0, "register_template_file": 1, "nest_service": 1, "join": 0, "add_source": 0,
    "load_from_file": 0, "from_pem_file": 0, "current_dir": 0, "serve_file": 0, "from_path": 0,
}  # fmt: skip
#: Those of them that read what they are given: a path that is no literal may be any file.
READ_METHODS = frozenset({
    "serve_dir", "serve_file", "static_file", "set_certificate_chain_file", "set_private_key_file", "from_path",
    "register_templates_directory", "register_template_file", "load_from_file", "from_pem_file",
})  # fmt: skip
#: Methods by name alone that look names up.
NAME_METHODS = frozenset({"to_socket_addrs"})
#: Methods that open the socket that they are given by name or address (actix_web, rocket's figment).
BIND_METHODS = frozenset({"bind", "connect", "listen", "send_to"})
#: Crates that say what a file is by its ending with tables of their own: no need of the system's.
#: What a crate reads without being told.
IMPLIED_FILES: dict[str, tuple[str, ...]] = {
    "rocket": ("Rocket.toml",),
    "rocket_dyn_templates": ("templates",),
    "rocket_contrib": ("templates", "static"),
    "dotenv": (".env",),
    "dotenvy": (".env",),
}
#: Methods of texts, options and collections of Rust's own library: what they are given goes to no crate.
OWN_METHODS = frozenset({
    "expect", "contains", "contains_key", "starts_with", "ends_with", "split", "rsplit", "splitn", "rsplitn",
    "split_once", "rsplit_once", "strip_prefix", "strip_suffix", "trim_matches", "trim_start_matches",
    "trim_end_matches", "find", "rfind", "matches", "push_str", "replace", "get", "get_mut", "entry", "insert",
    "remove", "eq", "ne", "cmp", "write_str", "write_all", "arg", "args", "env", "eq_ignore_ascii_case",
})  # fmt: skip
#: What ``config`` looks for behind a name without an ending.
CONFIG_SUFFIXES = (".toml", ".json", ".yaml", ".yml", ".ini", ".ron", ".json5")
#: Macros that compile a file in: their argument is no path of the image.
COMPILED_IN = frozenset({
    "include_str!", "include_bytes!", "include_dir!", "include!", "embed_migrations!", "migrate!", "load!", "folder",
    "query_file!", "query_file_as!", "i18n!", "template", "env!", "option_env!", "path",
})  # fmt: skip
