"""Files of code that a program opens by a literal name, computed paths, folders of the system, and sockets."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_C = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o app app.c\nCMD ["./app"]\n'
_GO = 'FROM golang:1.24-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o app .\nCMD ["./app"]\n'
_RUST = 'FROM rust:1.85-bookworm\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ["./target/release/app"]\n'
_JAVA = 'FROM eclipse-temurin:17-jdk\nWORKDIR /app\nCOPY . .\nRUN javac -d o A.java\nCMD ["java", "-cp", "o", "A"]\n'
_MANIFEST = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n'
_LOCK = 'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n'


def _rewritten(language: str, code: str) -> Rewritten:
    """Rewrite a program whose main holds ``code``, without an engine."""
    if language == "c":
        head = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n"
        text, files = _C, {"app.c": f"{head}int main(int n, char **a) {{ char p[99]; {code} return 0; }}\n"}
    elif language == "go":
        head = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\n'
        text, files = _GO, {"go.mod": "module shop\n\ngo 1.24\n", "main.go": f"{head}func main() {{ {code} }}\n"}
    elif language == "rust":
        body = f"use std::{{env, fs, path::Path}};\nfn main() {{ let q = env::args().nth(1).unwrap(); {code} }}\n"
        text, files = _RUST, {"Cargo.toml": _MANIFEST, "Cargo.lock": _LOCK, "src/main.rs": body}
    else:
        body = f"class A {{ public static void main(String[] a) throws Exception {{ {code} }} }}\n"
        text, files = _JAVA, {"A.java": f"import java.io.*;\nimport java.nio.file.*;\n{body}"}
    outcome = slim(text, MemoryContext(files), Options())
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize(
    ("language", "code", "path"),
    [
        ("c", 'fopen("app.c", "r");', "/app/app.c"),
        ("c", 'puts("app.c");', ""),
        ("go", 'os.ReadFile("main.go")', "/app/main.go"),
        ("go", 'os.ReadFile("go.mod")', "/app/go.mod"),
        ("go", 'fmt.Println("go.mod")', ""),
        ("go", 'os.WriteFile("go.mod", nil, 0600)', ""),
        ("rust", 'fs::read_to_string("Cargo.toml");', "/app/Cargo.toml"),
        ("rust", 'fs::metadata("src/main.rs");', "/app/src/main.rs"),
        ("rust", 'println!("{}", "src/main.rs");', ""),
        ("rust", 'fs::write("Cargo.toml", q);', ""),
        ("java", 'Files.readString(Path.of("A.java"));', "/app/A.java"),
        ("java", 'System.out.println("A.java");', ""),
    ],
)
def test_a_source_that_is_opened(language: str, code: str, path: str) -> None:
    """It is a file like any other where a call is given its name; a word that is only said moves none."""
    after = _rewritten(language, code).after
    files = ("app.c", "main.go", "go.mod", "Cargo.toml", "src/main.rs", "A.java")
    taken = [p for p in files if f" /app/{p}\n" in after]
    assert taken == ([path.removeprefix("/app/")] if path else [])


@pytest.mark.parametrize(
    ("language", "code", "reasons"),
    [
        ("c", 'snprintf(p, 99, "/usr/share/%s", a[1]); access(p, 4);', {"data-files-unproven"}),
        ("c", 'const char *l[] = {"/usr/share/misc/magic"}; access(l[n], 4);', {"data-files-unproven"}),
        ("c", "access(a[1], 4);", set()),
        ("c", 'access("/usr/share/misc/magic", 4); access(a[1], 4);', {"file-unproven"}),
        ("c", 'access(getenv("PATH"), 1);', {"commands-unproven", "data-files-unproven"}),
        ("c", 'puts(getenv("PATH"));', set()),
        ("go", 'os.Stat("/usr/share/" + os.Args[1])', {"data-files-unproven"}),
        ("go", "os.Stat(os.Args[1])", set()),
        ("go", 'os.Stat(os.Getenv("PATH"))', {"commands-unproven", "data-files-unproven"}),
        ("go", 'fmt.Println(os.Getenv("PATH"))', set()),
        ("rust", 'fs::metadata(format!("/usr/share/{q}"));', {"data-files-unproven"}),
        ("rust", "fs::metadata(file!());", {"data-files-unproven"}),
        ("rust", 'println!("{} {}", file!(), fs::metadata(q).is_ok());', set()),
        ("rust", 'Path::new("/etc/passwd").exists(); Path::new(&q).exists();', set()),
        ("rust", "Path::new(&q).exists();", set()),
        ("rust", 'Path::new(&env::var("PATH").unwrap()).exists();', {"commands-unproven", "data-files-unproven"}),
        ("c", 'opendir("/etc");', {"data-files-unproven"}),
        ("c", 'opendir("/opt/shop");', set()),
        ("c", 'FILE *f = fopen("/etc/shop.conf", "w"); fclose(f);', set()),
        ("go", 'os.ReadDir("/usr/share")', {"data-files-unproven"}),
        ("go", 'os.WriteFile("/etc/shop.conf", nil, 0600)', set()),
        ("rust", 'fs::read_dir("/etc/");', {"data-files-unproven"}),
        ("rust", 'fs::write("/etc/shop.conf", q);', set()),
        ("java", 'new File("/etc").list();', {"data-files-unproven"}),
        ("java", 'new FileWriter("/etc/shop.conf");', set()),
        ("java", "ModuleLayer.boot().modules();", {"java-modules-unproven"}),
        ("java", "Class.forName(a[0]).getModule();", set()),
    ],
)
def test_what_the_system_has(language: str, code: str, reasons: set[str]) -> None:
    """Open is a path that is only looked at where a literal names one of the system, or PATH, and what folders hold."""
    assert {one.reason for one in _rewritten(language, code).plan.assumptions} == reasons


@pytest.mark.parametrize(
    ("language", "code", "named"),
    [
        ("rust", 'fs::read(format!("/etc/{q}"));', True),
        ("go", 'os.ReadFile("/etc/" + os.Args[1])', True),
        ("c", 'snprintf(p, 99, "/etc/%s", a[1]); fopen(p, "r");', True),
        ("rust", 'fs::read(format!("data/{q}"));', False),
        ("rust", 'fs::read("/etc/passwd"); fs::read(q);', False),
    ],
)
def test_what_a_computed_path_is_made_of(language: str, code: str, named: bool) -> None:  # noqa: FBT001
    """The assumption says the folder of the system that a literal names, beside the call."""
    (assumption,) = _rewritten(language, code).plan.assumptions
    assert (" names '/etc/" in assumption.message) is named


@pytest.mark.parametrize(
    ("language", "code", "made"),
    [
        ("go", 'os.Stat("/var/run")', "/var/run"),
        ("go", 'os.Stat("/var/run/docker.sock")', ""),
        ("rust", 'Path::new("/opt").is_dir();', "/opt"),
        ("rust", 'Path::new("/opt/shop").is_dir();', ""),
        ("c", 'access("/var/log", 2);', "/var/log"),
    ],
)
def test_a_folder_that_each_system_has(language: str, code: str, made: str) -> None:
    """It is there on an empty base, too, where the program asks for it."""
    after = _rewritten(language, code).after
    assert [one for one in ("/var/run", "/opt", "/var/log") if f" /runtime{one}\n" in after] == ([made] if made else [])


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ('std::os::unix::net::UnixListener::bind("/run/app.sock");', True),
        ("std::os::unix::net::UnixListener::bind(q);", False),
        ('std::os::unix::net::UnixStream::connect("/run/app.sock");', False),
    ],
)
def test_a_socket_of_rust(code: str, made: bool) -> None:  # noqa: FBT001
    """The folder of a socket that the program makes has to be there."""
    assert ("install -d -m 755 /runtime/run" in _rewritten("rust", code).after) is made
