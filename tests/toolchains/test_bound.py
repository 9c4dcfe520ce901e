"""Names with one literal for a value: a parameter or a variable of the same name is no constant."""

from __future__ import annotations

import pytest

from imgslim.toolchains.bound import settled
from imgslim.toolchains.java.scan import scan
from imgslim.toolchains.rust.scan import Body
from tests.toolchains.golang.support import MOD
from tests.toolchains.golang.support import only as go
from tests.toolchains.rust.support import program as rust


@pytest.mark.parametrize(
    ("pairs", "bound", "found"),
    [
        ([("a", "x"), ("b", "y")], [], {"a": "x", "b": "y"}),
        ([("a", "x"), ("a", "x")], [], {"a": "x"}),
        ([("a", "x"), ("a", "y"), ("a", "x")], [], {}),
        ([("a", "x"), ("b", "y")], ["a", "c"], {"b": "y"}),
    ],
)
def test_settled(pairs: list[tuple[str, str]], bound: list[str], found: dict[str, str]) -> None:
    """One value, and nothing else by that name."""
    assert settled(pairs, bound) == found


@pytest.mark.parametrize(
    ("body", "is_open"),
    [
        ('let p = "a.txt"; std::fs::read(p);', False),
        ('let p: &str = "a.txt"; std::fs::read(&p);', False),
        ('let p = "a.txt".to_string(); std::fs::read(p);', False),
        ('const P: &str = "a.txt"; fn f() { std::fs::read(P); }', False),
        ('let p = "a.txt"; if p == "b" { std::fs::read(p); }', False),
        ('let p = "a.txt"; f(S { q: 1 }, p); std::fs::read(p);', False),
        ('let p = "a.txt"; fn f(p: &str) { std::fs::read(p); }', True),
        ('let p = "a.txt"; fn f(a: u8, p: &str) { std::fs::read(p); }', True),
        ('let p = "a.txt"; v.map(|p| std::fs::read(p));', True),
        ('let p = "a.txt"; v.map(|(a, p)| std::fs::read(p));', True),
        ('let p = "a.txt"; for p in v { std::fs::read(p); }', True),
        ('let p = "a.txt"; let p = g(); std::fs::read(p);', True),
        ('let p = "a.txt"; if let Some(p) = g() { std::fs::read(p); }', True),
        ('let p = "a.txt"; match g() { Ok(p) => std::fs::read(p) };', True),
        ('let mut p = "a.txt"; p = g(); std::fs::read(p);', True),
        ('let p = "a".to_string() + q; std::fs::read(p);', True),
        ('let p = "a.txt".replace("a", q); std::fs::read(p);', True),
        ('let p = "a.txt"; } fn f() { let p = "b.txt"; std::fs::read(p);', True),
    ],
)
def test_rust(body: str, is_open: bool) -> None:  # noqa: FBT001
    """What a call is given is known where nothing else may be meant."""
    assert any(end.reason == "computed-paths" for end in rust(body).assumptions) is is_open


@pytest.mark.parametrize(
    ("code", "is_open"),
    [
        ('const p = "a.txt"\nfunc main() { os.ReadFile(p) }', False),
        ('const p = "a.txt"\nfunc f(a, b string) { os.ReadFile(p) }\nfunc main() { f(p, p) }', False),
        ('func main() { const p = "a.txt" }\nfunc f(p string) { os.ReadFile(p) }', True),
        ('func main() { const p = "a.txt" }\nfunc f(p, q string) { os.ReadFile(p) }', True),
        ('func main() { const p = "a.txt" }\nfunc f(q *S) { p := q.path; os.ReadFile(p) }', True),
        ('func main() { const p = "a.txt" }\nfunc f(v []string) { for _, p := range v { os.ReadFile(p) } }', True),
        ('func main() { const p = "a.txt" }\nfunc f() { var p = g(); os.ReadFile(p) }', True),
        ('func main() { const p = "a.txt" }\nfunc f() { const p = "b.txt"; os.ReadFile(p) }', True),
    ],
)
def test_go(code: str, is_open: bool) -> None:  # noqa: FBT001
    """The same for constants of Go, which hold in their own function alone."""
    files = {"go.mod": MOD, "main.go": f'package main\n\nimport "os"\n\n{code}\n'}
    product = go("FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /shop .\n", files)
    assert any(end.reason == "computed-paths" for end in product.assumptions) is is_open


@pytest.mark.parametrize(
    ("code", "argument"),
    [
        ('void a() { String p = "a.txt"; new File(p); }', "a.txt"),
        ('final String p = "a.txt"; void a() { b(c(), p); new File(p); return; }', "a.txt"),
        ('boolean b() { String p = "a.txt"; return p.isEmpty() ? new File(p) : null; }', "a.txt"),
        ('void a() { String p = "a.txt"; } void b(String p) { new File(p); }', None),
        ('void a() { String p = "a.txt"; } void b(List<String> p, int n) { new File(p); }', None),
        ('void a() { String p = "a.txt"; } void b(String[] p) { new File(p); }', None),
        ('void a() { String p = "a.txt"; } void b() { for (String p : all) new File(p); }', None),
        ('void a() { String p = "a.txt"; } void b() { all.map(p -> new File(p)); }', None),
        ('String p = "a.txt"; void set(String q) { this.p = q; } void b() { new File(p); }', None),
        ('String p = "a.txt"; void b(S s) { s.q = p; new File(p); }', "a.txt"),
        ('void a() { String p = "a"; p += q; new File(p); }', None),
        ('void a() { String p = "a"; if (p + q == r) new File(p); }', "a"),
        ('fun a() { val p = "a.txt" }; fun b(p: String) { File(p) }', None),
    ],
)
def test_java(code: str, argument: str | None) -> None:
    """The same for variables of Java and Kotlin."""
    (call,) = (c for c in scan(code.encode()).calls if c.name == "File")
    assert call.arguments == (argument,)


@pytest.mark.parametrize(
    "text", ["use a::{b, c::{d as e, *}, =};", "use a::{{;", 'extern "C" { fn getpid() -> i32; fn', "type X = a;"]
)
def test_files_of_rust_that_end_anywhere(text: str) -> None:
    """What the compiler refuses is read to its end."""
    for end in range(len(text) + 1):
        Body("x.rs", text[:end])
        Body("x.rs", text[end:])


@pytest.mark.parametrize("body", ["", "a();", 'let p = "a.txt"; for (q, r) in v { f(|x| x, p) } p = r'])
def test_sources_that_end_anywhere(body: str) -> None:
    """A function without a body, and a text that is cut off, are read as well as any."""
    for end in range(len(body) + 1):
        rust(body[:end])
        files = {"go.mod": MOD, "main.go": f"package main\n\nfunc main() {{ {body[:end]} }}\n"}
        go("FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /shop .\n", files)
        scan(f"class X {{ void x() {{ {body[:end]}".encode())
        scan(body[:end].encode())
