"""Read crates anew for `imgslim/toolchains/rust/crate_table.py`: `python -m tests.rust_crates FOLDER`.

FOLDER is what `cargo vendor --versioned-dirs` made for a manifest with the crates to read. The table is printed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.toolchains.rust.crates import is_elsewhere
from imgslim.toolchains.rust.scan import Body

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = re.compile(r"-\d+\.\d+\.\d+.*$")
#: Each letter, what a file has to say for it, and the same in its code: comments and tests left out.
_SIGNS = {
    "s": re.compile(
        r"\bCommand ?:: ?new|\bexecv|\blibc ?:: ?(?:system|popen|dlopen|posix_spawn)|\bLibrary ?:: ?new|\blibloading\b"
    ),
    "n": re.compile(r"\bto_socket_addrs\b|\blookup_host\b|\bgetaddrinfo\b|\bgetnameinfo\b|\bTcpStream ?:: ?connect\b"),
    "u": re.compile(r"\bgetpw(?:nam|uid|ent)|\bgetgr(?:nam|gid)|\bhome_dir ?\("),
    "z": re.compile(r"/usr/share/zoneinfo|/etc/localtime"),
}
_ANY = re.compile("|".join(p.pattern for p in _SIGNS.values()))
_LINKS = re.compile(r"rustc-link-lib|rustc-link-search|pkg_config|\.cpp\(true\)|rustc-link-arg")
_ATTRIBUTE = re.compile(r"#\s*\[\s*link\s*\(\s*name")
_NOT_LIBRARY = ("src/bin/", "src/main.rs", "tests/", "examples/", "benches/", "build")
_NOT_LINUX = re.compile(
    r"(?:^|/)(?:windows?|win32|macos|darwin|apple|wasm\w*|wasi|android|ios|redox"
    r"|tests?|bsd|freebsd|solaris|haiku)(?:/|\.rs$|_)"
)


def main() -> int:
    """Print one row for each crate; versions of one crate count together."""
    rows: dict[str, tuple[str, set[str]]] = {}
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        data = tomllib.loads((folder / "Cargo.toml").read_text(encoding="utf-8"))
        name, version = data["package"]["name"], data["package"]["version"]
        if not is_elsewhere(name):
            _, letters = rows.get(name, ("", set()))
            rows[name] = (version, letters | set(_letters(folder, data)))
    for name, (version, letters) in sorted(rows.items()):
        sys.stdout.write(f"{name} {version} {''.join(sorted(letters)) or '-'}\n")
    return 0


def _letters(folder: Path, data: dict[str, Any]) -> Iterator[str]:
    if data.get("lib", {}).get("proc-macro") or data.get("lib", {}).get("proc_macro"):
        yield "m"
        return
    script = folder / str(data["package"].get("build") or "build.rs")
    if script.is_file() and _LINKS.search(script.read_text(encoding="utf-8", errors="replace")):
        yield "l"
    source = folder / "src"
    for file in sorted((source if source.is_dir() else folder).rglob("*.rs")):
        where = file.relative_to(folder).as_posix()
        if where.startswith(
            ("src/bin/", "src/main.rs", "tests/", "examples/", "benches/", "build")
        ) or _NOT_LINUX.search(where):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if _ATTRIBUTE.search(text) and "windows" not in text and "apple" not in text and "macos" not in text:
            yield "l"
        if not _ANY.search(text):
            continue
        body = Body(where, text)
        code = " ".join(t.text for t in body.parts)
        for letter, sign in _SIGNS.items():
            if sign.search(code) and not (letter == "s" and _is_clap(body, code)):
                yield letter


def _is_clap(body: Body, code: str) -> bool:
    """Tell whether its only command is that of a command line's description."""
    process = "process :: Command" in code or ("process ::" in code and "Command" in code)
    rest = re.sub(r"\bCommand ?:: ?new", "", code)
    return not process and not _SIGNS["s"].search(rest) and bool(body.names)


if __name__ == "__main__":
    sys.exit(main())
