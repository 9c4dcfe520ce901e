"""The files of a stage: where they come from, where they went."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext, NoContext
from imgslim.meaning import Files
from imgslim.meaning.effects import Absent, FromContext, FromImage, MadeBy, Origin
from imgslim.meaning.facts import name_matches
from imgslim.values import Unknown
from tests.meaning.reading import files, read

CONTEXT: dict[str, bytes | str] = {
    "Dockerfile": "",
    "src/main.c": "int main;",
    "src/lib/a.h": "a",
    "src/lib/.hidden": "",
    "conf": "c",
    "data.tar.gz": b"\x1f\x8b\x08data",
    "plain.gz": "text",
    "old.tar": b"\0" * 257 + b"ustar",
}


def origin_text(origin: Origin) -> str:
    """An origin in one word."""
    match origin:
        case FromContext(path):
            return f"context:{path}"
        case MadeBy(_, command):
            return f"made:{command.name}" if command else "made"
        case FromImage():
            return "image"
        case Absent():
            return "absent"
        case Unknown():
            return "?"


@pytest.mark.parametrize(
    ("copy", "path", "expected"),
    [
        # Dockerfile reference, COPY: a folder's content goes into the destination, a file into it or in its place
        ("COPY . /app", "/app/src/main.c", "context:src/main.c"),
        ("COPY . /app", "/app", "context:"),
        ("COPY . /app", "/app/none", "image"),
        ("COPY src /app", "/app/main.c", "context:src/main.c"),
        ("COPY src /app", "/app/src/main.c", "image"),
        ("COPY src/ /app/", "/app/lib/a.h", "context:src/lib/a.h"),
        ("COPY conf /etc/", "/etc/conf", "context:conf"),
        ("COPY conf /etc", "/etc/conf", "context:conf"),
        ("COPY conf /etc/conf.d", "/etc/conf.d", "context:conf"),
        ("COPY conf /etc/conf.d/", "/etc/conf.d/conf", "context:conf"),
        ("COPY conf .", "/w/conf", "context:conf"),
        ("COPY conf new", "/w/new", "context:conf"),
        ("COPY conf /w", "/w/conf", "context:conf"),
        ("COPY src/*.c conf ./", "/w/main.c", "context:src/main.c"),
        ("COPY src/*.c conf ./", "/w/conf", "context:conf"),
        ("COPY s*c /x", "/x/lib/a.h", "context:src/lib/a.h"),
        ("COPY none /x", "/x", "image"),
        ('COPY ["conf", "/with blank"]', "/with blank", "context:conf"),
        ("COPY --exclude=lib src /x", "/x/lib/a.h", "image"),
        ("COPY --exclude=lib src /x", "/x/main.c", "context:src/main.c"),
        ("COPY --exclude=*.c src /x", "/x/main.c", "?"),
        ("COPY --parents src/main.c /x/", "/x/src/main.c", "?"),
        ("COPY --from=other /a /x", "/x", "?"),
        ("COPY --from=other /a /x/", "/x/a", "?"),
        ("COPY --from=other /a /x/", "/y", "image"),
        ("COPY --from=other /a $N/", "/y", "?"),
        ("COPY conf $N", "/y", "?"),
        ("COPY $N /y/", "/y/a", "?"),
        ("COPY <<EOF /x\nhello\nEOF", "/x", "made"),
        ("COPY <<a <<b /x/\nA\na\nB\nb", "/x/b", "made"),
        ("ADD conf /x", "/x", "context:conf"),
        ("ADD data.tar.gz /x/", "/x/data.tar.gz", "?"),
        ("ADD old.tar /x/", "/x/any", "?"),
        ("ADD plain.gz /x/", "/x/plain.gz", "context:plain.gz"),
        ("COPY data.tar.gz /x/", "/x/data.tar.gz", "context:data.tar.gz"),
        ("ADD https://example.org/a.tar /x/", "/x/a.tar", "?"),
    ],
)
def test_copy(copy: str, path: str, expected: str) -> None:
    """COPY and ADD put context files where Docker's rules say."""
    _, seen = files(f"FROM base\nWORKDIR /w\nARG N\n{copy}\n", CONTEXT)
    assert origin_text(seen.origin(path)) == expected


@pytest.mark.parametrize(
    ("script", "path", "expected"),
    [
        ("cp conf new", "/w/new", "context:conf"),
        ("cp conf /usr/bin", "/usr/bin/conf", "context:conf"),
        ("cp conf /usr/bin/", "/usr/bin/conf", "context:conf"),
        ("cp conf /opt/x", "/opt/x", "context:conf"),
        ("cp conf /opt/x", "/opt/x/conf", "?"),
        ("cp -T conf /opt/x", "/opt/x/conf", "image"),
        ("cp -t /usr/bin conf", "/usr/bin/conf", "context:conf"),
        ("cp --target-directory=/x conf", "/x/conf", "context:conf"),
        ("mkdir /x && cp conf /x", "/x/conf", "context:conf"),
        ("cp -r src /x", "/x/main.c", "context:src/main.c"),
        ("mkdir /x && cp -r src /x", "/x/src/main.c", "context:src/main.c"),
        ("mkdir /x && cp -r src/. /x", "/x/main.c", "context:src/main.c"),
        ("cp src/*.c /x/", "/x/main.c", "context:src/main.c"),
        ("cp src/*.c /x/", "/x/lib", "image"),
        ("cp -r src/* /x/", "/x/lib/a.h", "context:src/lib/a.h"),
        ("cp $(which a) /x/", "/x/a", "?"),
        ("cp conf $(dir)", "/x/a", "?"),
        ("cp --parents src/main.c /x", "/x/src/main.c", "?"),
        ("cp conf", "/x", "image"),
        ("cp src/*/a.h /x/", "/x/a.h", "?"),
        ("mv conf new", "/w/new", "context:conf"),
        ("mv conf new", "/w/conf", "absent"),
        ("mv src/* /x/", "/x/main.c", "context:src/main.c"),
        ("mv src/* /x/", "/w/src/main.c", "absent"),
        ("mv src/* /x/", "/w/src", "context:src"),
        ("mv src /x && mv /x/main.c /y", "/y", "context:src/main.c"),
        ("rm conf", "/w/conf", "absent"),
        ("rm -rf src", "/w/src/main.c", "absent"),
        ("rm -rf -- src/*", "/w/src/lib/a.h", "absent"),
        ("rm -rf src/*", "/w/src/lib/.hidden", "absent"),
        ("rm -rf src/*", "/w/conf", "context:conf"),
        ("rm conf && make", "/w/conf", "?"),
        ("rm -rf $(x)", "/w/conf", "context:conf"),
        ("rm conf || true", "/w/conf", "absent"),
        ("true || rm conf", "/w/conf", "context:conf"),
        ("ln -s /w/conf /etc/conf", "/etc/conf", "context:conf"),
        ("ln -s ../w/conf /etc", "/etc/conf", "context:conf"),
        ("ln -s /w/conf", "/w/conf", "context:conf"),
        ("ln -s conf alias", "/w/alias", "context:conf"),
        ("ln -sr conf /opt/alias", "/opt/alias", "context:conf"),
        ("ln -sfn /w/src /opt/src", "/opt/src/main.c", "context:src/main.c"),
        ("ln -s /w/src /a && ln -s /a/main.c /b", "/b", "context:src/main.c"),
        ("ln -s /w/src /a && mv /a /c", "/c/main.c", "context:src/main.c"),
        ("ln -s /w/src /a && rm /a", "/a/main.c", "absent"),
        ("ln -s /a /b && ln -s /b /a", "/a", "image"),
        ("ln -s $(x) /b", "/b", "?"),
        ("ln -s x $(x)", "/b", "?"),
        ("ln -sr x $(x)", "/b", "?"),
        ("ln conf hard", "/w/hard", "context:conf"),
        ("install -m 755 conf /usr/local/bin", "/usr/local/bin/conf", "context:conf"),
        ("install -Dm755 conf /opt/a/b", "/opt/a/b", "context:conf"),
        ("install -d /opt/a", "/opt/a", "made:install"),
        ("mkdir -p /x/y", "/x/y", "made:mkdir"),
        ("mkdir src", "/w/src", "context:src"),
        ("mkdir /x-*", "/x-a", "?"),
        ("touch conf new", "/w/conf", "context:conf"),
        ("touch conf new", "/w/new", "made:touch"),
        ("touch $(x)", "/w/new", "?"),
        ("echo a > conf", "/w/conf", "made:echo"),
        ("echo a >> new", "/w/new", "made:echo"),
        ("echo a > /dev/null", "/w/new", "image"),
        ("echo a 2>&1", "/w/1", "image"),
        ("echo a &> both", "/w/both", "made:echo"),
        ("echo a > $(x)", "/w/new", "?"),
        ("echo a | tee -a new", "/w/new", "made:tee"),
        ("sed -i s/a/b/ conf", "/w/conf", "made:sed"),
        ("sed -i -e s/a/b/ conf", "/w/conf", "made:sed"),
        ("sed s/a/b/ conf", "/w/conf", "context:conf"),
        ("curl -o new https://x", "/w/new", "made:curl"),
        ("curl -O https://x/new", "/w/new", "?"),
        ("curl https://x/new", "/w/new", "image"),
        ("wget -O - https://x/new", "/w/new", "image"),
        ("wget -O new https://x/new", "/w/new", "made:wget"),
        ("wget -P /srv https://x/new", "/srv/new", "?"),
        ("wget -P /srv https://x/new", "/w/new", "image"),
        ("wget -O $(x) https://x/new", "/w/new", "?"),
        ("tar xf a.tar -C /opt", "/opt/a", "?"),
        ("tar -C/opt -xf a.tar", "/usr/a", "image"),
        ("tar xf a.tar", "/w/a", "?"),
        ("tar xf a.tar -C $(x)", "/opt", "?"),
        ("unzip a.zip -d /opt", "/usr/a", "image"),
        ("git clone https://x/y.git", "/w/y", "made:git"),
        ("git clone https://x/y.git/", "/w/y/z", "?"),
        ("git clone --depth 1 https://x/y z", "/w/z/a", "?"),
        ("git clone --depth 1 https://x/y z", "/opt/a", "image"),
        ("git clone $(x)", "/opt/a", "?"),
        ("git init", "/w/a", "?"),
        ("git init", "/opt/a", "image"),
        ("make", "/w/new", "?"),
        ("make", "/w/conf", "context:conf"),
        ("$(x)", "/w/new", "?"),
        ("chmod +x conf && chown a conf", "/w/new", "image"),
        ("if a )", "/w/new", "?"),
        ("test -e x || cp conf new", "/w/new", "?"),
        ("sudo cp conf new", "/w/new", "context:conf"),
        ("sh -c 'cd src && cp main.c /x'", "/x", "context:src/main.c"),
        ("cd $(x) && cp conf new", "/w/new", "?"),
        ("cp '' /x", "/y", "image"),
    ],
)
def test_commands(script: str, path: str, expected: str) -> None:
    """File utilities are followed by their own rules; other commands may make new files."""
    _, seen = files(f"FROM base\nWORKDIR /w\nCOPY . .\nRUN {script}\n", CONTEXT)
    assert origin_text(seen.origin(path)) == expected


def test_exists_and_kind() -> None:
    """What is settled is told; what is not is None."""
    _, seen = files("FROM base\nWORKDIR /w\nCOPY . .\nRUN rm conf && mkdir -p /n/m && cp -r src /k\n", CONTEXT)
    exists = {p: seen.exists(p) for p in ("/w/src/main.c", "/w/conf", "/n/m", "/n", "/usr/bin", "/other")}
    assert exists == {
        "/w/src/main.c": True, "/w/conf": False, "/n/m": True, "/n": True, "/usr/bin": True, "/other": None
    }  # fmt: skip
    kinds = {p: seen.kind(p) for p in ("/w/src", "/w/src/main.c", "/w/conf", "/n/m", "/k/lib", "/k/main.c", "/other")}
    assert kinds == {
        "/w/src": "folder", "/w/src/main.c": "file", "/w/conf": None, "/n/m": "folder",
        "/k/lib": "folder", "/k/main.c": "file", "/other": None,
    }  # fmt: skip


def test_scratch_is_empty() -> None:
    """On scratch nothing exists that no step made; twin: on an image it may."""
    _, seen = files("FROM scratch\nCOPY conf /conf\n", CONTEXT)
    assert (seen.exists("/conf"), seen.exists("/usr/bin"), seen.kind("/usr")) == (True, False, None)
    assert files("FROM base\n")[1].kind("/usr") == "folder"


def test_contents() -> None:
    """Content is known of context files and of heredocs without expansions."""
    text = "FROM base\nCOPY src/main.c /m.c\nCOPY <<A <<'B' <<C /h/\nx\nA\n$y\nB\n$z\nC\nRUN echo > /e\n"
    _, seen = files(text, CONTEXT)
    assert seen.read("/m.c") == b"int main;"
    assert (seen.read("/h/A"), seen.read("/h/B"), seen.read("/h/C"), seen.read("/e")) == (b"x\n", b"$y\n", None, b"\n")
    assert seen.context_file("/m.c") == "src/main.c"
    assert seen.context_file("/h") is None


@pytest.mark.parametrize(
    ("commands", "content"),
    [
        ("echo a 'b  c' > /f", b"a b  c\n"),
        ("echo a > /f; echo b >> /f", b"a\nb\n"),
        ("echo a > /f\nRUN echo b >> /f", b"a\nb\n"),
        ("rm -f /f && echo a >> /f", b"a\n"),
        ("printf '#!/bin/sh\\nexec \"$@\"\\n' > /f", b'#!/bin/sh\nexec "$@"\n'),
        ("printf '%s\\n' a b > /f", b"a\nb\n"),
        ("printf '%s=%s;' a b c > /f", b"a=b;c=;"),
        ("printf '100%%\\101' > /f", b"100%A"),
        # a shell's own way, something computed, or not always run
        ("echo 'a\\nb' > /f", None),
        ("echo -n a > /f", None),
        ("printf '%d' 1 > /f", None),
        ("printf '\\q' > /f", None),
        ("echo $(date) > /f", None),
        ("echo a | tee /g > /f", b"a\n"),
        ("if true; then echo a > /f; fi", None),
        ("echo a > /f; sed -i 's/a/b/w /g' /f", None),
        ("echo a >> /f", None),
        ("echo a > /f; cat /x >> /f", None),
        ("echo a > /f 2>&1", None),
    ],
)
def test_what_is_printed(commands: str, content: bytes | None) -> None:
    """The content of a file that echo or printf wrote, where every shell's do the same."""
    _, seen = files(f"FROM base\nRUN {commands}\n", CONTEXT)
    assert seen.read("/f") == content


@pytest.mark.parametrize(
    ("run", "content"),
    [
        ("cat <<'EOF' > /f\na $b\n\tc\nEOF", b"a $b\n\tc\n"),
        ("cat > /f <<EOF && chmod +x /f\na \\$b \\\\\nEOF", b"a $b \\\n"),
        ("cat <<-EOF > /f\n\ta\n\tEOF", b"a\n"),
        ("cat <<'EOF' > /f\nEOF", b""),
        ("<<EOF cat > /f\na\nEOF", b"a\n"),
        ("<<-'EOF' cat > /f && chmod +x /f\n\ta $b\n\tEOF", b"a $b\n"),
        ("<<EOF cat | tee /f\na\nEOF", b"a\n"),
        ("<<EOF cat > /f\na $b\nEOF", None),
        ("<<EOF sh -c 'cat > /f'\na\nEOF", None),
        # the shell's work, another input, another program, not always run
        ("cat <<EOF > /f\na $b\nEOF", None),
        ("cat <<EOF > /f\na $(b)\nEOF", None),
        ("cat - /x <<'EOF' > /f\na\nEOF", None),
        ("tac <<'EOF' > /f\na\nEOF", None),
        ("test -e /x || cat <<'EOF' > /f\na\nEOF", None),
    ],
)
def test_what_a_heredoc_holds(run: str, content: bytes | None) -> None:
    """Cat writes what it reads."""
    _, seen = files(f"FROM base\nRUN {run}\n", CONTEXT)
    assert seen.read("/f") == content


@pytest.mark.parametrize(
    ("run", "content"),
    [
        ("echo a | tee /f", b"a\n"),
        ("printf '%s\\n' a 'b c' | tee /f /g > /dev/null", b"a\nb c\n"),
        ("echo a > /f && echo b | tee -a /f", b"a\nb\n"),
        ("sudo true; echo a | sudo tee /f", b"a\n"),
        (r"tr -d '\r' < /w/s > /f", b"#!/bin/sh\nx\n"),
        (r"cat /w/s | tr -d '\015' | tee /f", b"#!/bin/sh\nx\n"),
        (r"sed 's/\r$//' /w/s > /f && cat /f /f > /g && mv /g /f", b"#!/bin/sh\nx\n" * 2),
        (r"cat < /w/s > /f; sed -e s/x/y/ /f | sed 's/\r//' | cat > /g; cp /g /f", b"#!/bin/sh\ny\n"),
        ("cat <<'EOF' | tee /f\na\nEOF", b"a\n"),
        # another's output, the file itself, which is empty by then, or what is not always run
        ("curl x | tee /f", None),
        ("(echo a; curl x) | tee /f", None),
        ("echo a > /g | tee /f", None),
        ("echo a | sh -x | tee /f", None),
        ("echo a > /f; cat /f | tee /f", None),
        (r"cp /w/s /f; tr -d '\r' < /f > /f", None),
        (r"cp /w/s /f; ln -s /f /l; tr -d '\r' < /l > /f", None),
        ("tr a-z A-Z < /w/s > /f", None),
        ("tr -d '[:cntrl:]' < /w/s > /f", None),
        ("tr -d '\\r' < /x > /f", None),
        ("sed -n p /w/s > /f", None),
        ("if true; then echo a | tee /f; fi", None),
        ("while read -r l; do cat; done < /w/s > /f", None),
    ],
)
def test_what_is_handed_on(run: str, content: bytes | None) -> None:
    """Pipes and redirections hand on a text that is known."""
    _, seen = files(f"FROM base\nCOPY s /w/s\nRUN {run}\n", {"s": b"#!/bin/sh\r\nx\r\n"})
    assert seen.read("/f") == content


@pytest.mark.parametrize(
    ("run", "content"),
    [
        (r"sed -i 's/\r$//' /w/s", b"#!/bin/sh\necho /a/b a.b\r\r\n"),
        (r"sed -i -e 's/\r//g' /w/s", b"#!/bin/sh\necho /a/b a.b\n"),
        (r"dos2unix /w/s", b"#!/bin/sh\necho /a/b a.b\r\r\n"),
        (r"cd /w && sed -i 's|/a/b|/c|;s/a\.b/x/' s", b"#!/bin/sh\r\necho /c x\r\r\r\n"),
        (r"sed -i 's/^echo/printf/' /w/s", b"#!/bin/sh\r\nprintf /a/b a.b\r\r\r\n"),
        (r"sed -i 's/echo.*/exit/' /w/s", b"#!/bin/sh\r\nexit\n"),
        (r"sed -i 's/no such thing/x/' /w/s && mv /w/s /w/t && cp /w/t /w/s", b"#!/bin/sh\r\necho /a/b a.b\r\r\r\n"),
        # what seds do otherwise, or what is not followed
        (r"sed -i '1d' /w/s", None),
        (r"sed -i 's/a\+/x/' /w/s", None),
        (r"sed -i 's/[ab]/x/' /w/s", None),
        (r"sed -i 's/a*/x/' /w/s", None),
        (r"sed -i 's/a/&b/' /w/s", None),
        (r"sed -i 's/a/b/I' /w/s", None),
        (r"sed -i '/a/s/a/b/' /w/s", None),
        (r"sed -ie 's/a/b/' /w/s", None),
        (r"sed -i -E 's/(a)/b/' /w/s", None),
        ('sed -i "s/a/$(id)/" /w/s', None),
        (r"dos2unix -n /w/s /w/u; echo > /w/s", b"\n"),
    ],
)
def test_what_is_changed_in_its_place(run: str, content: bytes | None) -> None:
    """Substitutions of what is literal, line by line; a last line's end stays as it is."""
    context = {"s": b"#!/bin/sh\r\necho /a/b a.b\r\r\r\n"}
    _, seen = files(f"FROM base\nCOPY s /w/s\nRUN {run}\n", context)
    assert seen.read("/w/s") == content


def test_listing() -> None:
    """A folder's known names come from every step that put something there and is still there."""
    text = "FROM base\nCOPY src /w\nRUN touch /w/new /w/gone && rm /w/gone && cp -r /w /v && ln -s /v /l\n"
    _, seen = files(text, CONTEXT)
    assert seen.list_dir("/w") == ("lib", "main.c", "new")
    assert seen.list_dir("/l") == ("lib", "main.c", "new")
    assert seen.list_dir("/w/lib") == (".hidden", "a.h")
    assert list(seen.walk_context("/w")) == [
        ("/w/lib/.hidden", "src/lib/.hidden"), ("/w/lib/a.h", "src/lib/a.h"), ("/w/main.c", "src/main.c")
    ]  # fmt: skip
    assert list(seen.walk_context("/v/main.c")) == [("/v/main.c", "src/main.c")]
    assert list(seen.walk_context("/none")) == []


def test_a_folder_is_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a whole walk found answers later ones, of folders below as well; one that was broken off does not."""
    _, seen = files("FROM base\nCOPY src /w\n", CONTEXT)
    listed: list[str] = []
    list_dir = Files.list_dir

    def counted(self: Files, path: str) -> tuple[str, ...]:
        listed.append(path)
        return list_dir(self, path)

    monkeypatch.setattr(Files, "list_dir", counted)
    assert next(seen.walk_context("/w")) == ("/w/lib/.hidden", "src/lib/.hidden")
    whole = list(seen.walk_context("/w"))
    assert [path for path, _ in whole] == ["/w/lib/.hidden", "/w/lib/a.h", "/w/main.c"]
    listed.clear()
    assert (list(seen.walk_context("/w")), list(seen.walk_context("/w/lib/"))) == (whole, whole[:2])
    assert listed == []


def test_links_on_the_way() -> None:
    """What is written through a link stands where the link leads; a walk does not go round through links."""
    text = (
        "FROM base\nRUN mkdir /real && ln -s /real /link && ln -s / /real/loop\nCOPY src /link/x\nCOPY conf /link/\n"
        "RUN cd /link && gcc -o app a.c && cp /link/app /link/b && rm /link/conf && mv /link/x/*.c /link/\n"
    )
    _, seen = files(text, CONTEXT)
    assert seen.context_file("/real/x/lib/a.h") == "src/lib/a.h"
    assert seen.context_file("/link/main.c") == "src/main.c"
    assert isinstance(seen.origin("/real/conf"), Absent)
    places = seen.places("/link/app", 3, 1)
    assert places[0] == "/real/app"
    assert {"/link/app", "/real/b"} < set(places)
    assert seen.is_from("/link/b", "/link/app", 3, 1)
    walked = [path for path, _ in seen.walk_context("/link")]
    assert walked == ["/link/main.c", "/link/x/lib/.hidden", "/link/x/lib/a.h"]


def test_overlay() -> None:
    """A later copy lies over an earlier one; what it does not have stays."""
    text = "FROM base\nCOPY . /w\nCOPY src/lib /w/src\nRUN cp -r /other /w\n"
    _, seen = files(text, CONTEXT)
    assert seen.context_file("/w/src/a.h") == "src/lib/a.h"
    assert seen.context_file("/w/src/main.c") == "src/main.c"


def test_ignored_files_are_not_copied() -> None:
    """What .dockerignore excludes is in no image."""
    _, seen = files("FROM base\nCOPY . /w\n", {**CONTEXT, ".dockerignore": "src/lib"})
    assert seen.context_file("/w/src/lib/a.h") is None
    assert seen.context_file("/w/src/main.c") == "src/main.c"


def test_points() -> None:
    """The files right before a command, right after it, and at the end differ by what it did."""
    trace, end = files("FROM base\nCOPY conf /a\nRUN mv /a /b && mv /b /c\n", CONTEXT)
    assert Files.at(trace, MemoryContext(CONTEXT), 0).exists("/a") is None
    assert Files.at(trace, MemoryContext(CONTEXT), 1).context_file("/a") == "conf"
    assert end.before(1, 1).context_file("/b") == "conf"
    assert end.just_after(1, 1).exists("/b") is False
    assert end.context_file("/c") == "conf"


def test_forward_and_back() -> None:
    """A product is found where it went, and what an entry runs is led back to the command that made it."""
    text = (
        "FROM base\nWORKDIR /w\nCOPY . .\nRUN gcc -o app main.c && mkdir /out && cp app /out/server\n"
        "RUN mv /out /dist && ln -s /dist/server /usr/bin/run && cp src/main.c /other\n"
    )
    _, seen = files(text, CONTEXT)
    assert seen.places("/w/app", 2, 0) == ("/w/app", "/dist/server", "/usr/bin/run")
    assert seen.is_from("/usr/bin/run", "/w/app", 2, 0)
    assert not seen.is_from("/other", "/w/app", 2, 0)
    assert [s.path for s in seen.history("/usr/bin/run")] == ["/usr/bin/run", "/dist/server", "/out/server", "/w/app"]
    assert seen.resolve("/usr/bin/run") == "/dist/server"


def test_overwritten_product() -> None:
    """A product that a later step writes over is no longer there; twin: without that step it is."""
    text = "FROM base\nCOPY conf /conf\nRUN gcc -o /app a.c\nRUN {}\n"
    assert files(text.format("cp /conf /app"), CONTEXT)[1].places("/app", 1, 0) == ()
    assert files(text.format("rm /app"), CONTEXT)[1].places("/app", 1, 0) == ()
    assert files(text.format("cp /conf /ape"), CONTEXT)[1].places("/app", 1, 0) == ("/app",)


def test_earlier_copy_is_not_the_product() -> None:
    """What was copied away before the command ran is not what the command made."""
    text = "FROM base\nRUN cp /app /old && gcc -o /app a.c && cp /app /new\n"
    _, seen = files(text)
    assert seen.places("/app", 0, 1) == ("/app", "/new")
    # /new may have been a folder: then the product is in it.
    assert seen.is_from("/new/app", "/app", 0, 1)
    assert not seen.is_from("/old/app", "/app", 0, 1)


def test_folder_of_products() -> None:
    """Products travel with their folder, through patterns too."""
    text = "FROM base\nRUN make && cp -r build/bin /opt/bin && cp build/lib/*.so /opt/ && cp build/lib/* /all/\n"
    _, seen = files(text)
    assert seen.places("/build/bin/app", 0, 0) == ("/build/bin/app", "/opt/bin/app")
    assert seen.places("/build/lib/a.so", 0, 0) == ("/build/lib/a.so", "/opt/a.so", "/all/a.so")
    assert seen.places("/build/lib/a.txt", 0, 0) == ("/build/lib/a.txt", "/all/a.txt")


def test_mounts() -> None:
    """What a mount lays over a folder is seen by its step alone."""
    text = (
        "FROM base\nWORKDIR /w\nCOPY conf /m/own\n"
        "RUN --mount=type=bind,source=src,target=/m --mount=type=cache,target=/c --mount=type=bind,from=x,target=f "
        "--mount=type=ssh touch /c/made && cp /m/main.c /kept && cp /c/other /got\nRUN ls\n"
    )
    _, seen = files(text, CONTEXT)
    inside = seen.just_after(2, 2)
    assert inside.context_file("/m/main.c") == "src/main.c"
    assert inside.exists("/m/own") is False
    assert inside.exists("/c/made") is True
    assert inside.kind("/w/f") == "folder"
    assert seen.context_file("/kept") == "src/main.c"
    assert seen.context_file("/m/own") == "conf"
    assert seen.exists("/m/main.c") is not True
    assert seen.exists("/c/made") is None
    assert seen.is_from("/got", "/c/other", 2, 1)


def test_no_context() -> None:
    """Without a context, what COPY brings is open."""
    seen = Files.after(read("FROM base\nCOPY a /x\nRUN --mount=type=bind,target=/y ls\n"), NoContext())
    assert isinstance(seen.origin("/x"), Unknown)
    assert isinstance(seen.before(1, 1).origin("/y/a"), Unknown)
    assert seen.context_file("/x") is None


def test_copies_in_a_circle() -> None:
    """Endless copying around ends in an open answer."""
    script = " && ".join("cp /a /b && cp /b /a" for _ in range(60))
    _, seen = files(f"FROM base\nRUN {script}\n")
    assert isinstance(seen.origin("/a"), Unknown)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*.c", "a.c", True),
        ("*.c", "a.h", False),
        ("*", ".a", False),
        (".*", ".a", True),
        ("a?", "ab", True),
        ("[!a]b", "bb", True),
        ("[!a]b", "ab", False),
        ("[a-c]", "b", True),
        ("[z-a]", "b", False),
        ("*", "", False),
    ],
)
def test_shell_patterns(pattern: str, name: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """One name against one shell pattern."""
    assert name_matches(pattern, name) is expected


@pytest.mark.parametrize(
    ("step", "known"),
    [
        ('if [ -n "$X" ]; then sed -i s/a/b/ /e.sh; fi', False),
        ('if [ -n "$X" ]; then echo x > /e.sh; fi', False),
        ("for i in 1 2; do cp /other /e.sh; done", False),
        # A RUN whose last command is not reached fails, and with it the build; another file is none of this one.
        ("test -f /q && sed -i s/b/c/ /e.sh", True),
        ('if [ -n "$X" ]; then echo x > /f.sh; fi', True),
        ('if [ -n "$X" ]; then echo x > /e.sh; fi; printf a > /e.sh', True),
    ],
)
def test_what_a_command_that_may_not_run_writes(step: str, known: bool) -> None:  # noqa: FBT001
    """What stood there before is not known to stand there still."""
    text = f'FROM debian:bookworm\nCOPY e.sh /e.sh\nRUN {step}\nCMD ["/e.sh"]\n'
    _, found = files(text, {"e.sh": b"a"})
    assert found.exists("/e.sh")
    assert found.read("/e.sh") == (b"a" if known else None)
