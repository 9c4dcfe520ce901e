"""Files of the image that sources and settings name: databases, what Spring Boot reads by itself."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.java.support import HELLO, application

_POM = "<project><artifactId>shop</artifactId><version>1</version></project>"
_BOOT = "class Hello { public static void main(String[] a) { SpringApplication.run(Hello.class, a); } }\n"


def _files(extra: dict[str, str], source: str = HELLO) -> set[str]:
    """The files that it needs beside what is built."""
    files = {"pom.xml": _POM, "src/main/java/Hello.java": source, **extra}
    found = application("java -jar target/shop-1.jar", "mvn package", files)
    return {n.value for n in found.needs if n.kind is NeedKind.FILE}


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("jdbc:sqlite:user.db", "user.db"),
        ("jdbc:sqlite:data/user.db?journal_mode=WAL", "data/user.db"),
        ("jdbc:h2:file:./data/shop;AUTO_SERVER=TRUE", "data/shop.mv.db"),
        ("jdbc:h2:./shop", "shop.mv.db"),
        ("jdbc:hsqldb:file:shop", "shop.script"),
        ("jdbc:derby:stock;create=true", "stock/service.properties"),
    ],
)
@pytest.mark.parametrize("where", ["properties", "yaml", "source"])
def test_a_database_of_the_working_directory(address: str, file: str, where: str) -> None:
    """Its address is a path: the file that is there goes along, wherever the address stands."""
    source = HELLO
    extra = {file: "x"}
    match where:
        case "properties":
            extra["src/main/resources/application.properties"] = f"a=1\nspring.datasource.url={address}\n"
        case "yaml":
            extra["src/main/resources/application.yml"] = f'spring:\n  datasource:\n    url: "${{DB:{address}}}"\n'
        case _:
            source = HELLO.replace('"hello"', f'"{address}"')
    found = _files(extra, source)
    assert any(f"/src/{file}".startswith(path) for path in found), found


@pytest.mark.parametrize(
    "address",
    ["jdbc:h2:mem:user.db", "jdbc:sqlite::memory:", "jdbc:postgresql://user.db/shop", "jdbc:h2:tcp://user.db", "user"],
)
def test_an_address_elsewhere(address: str) -> None:
    """In memory or on another machine: no file of the image is meant."""
    assert not _files({"src/main/resources/application.properties": f"url={address}\n", "user.db": "x"})


def test_tests_settings_count_for_nothing() -> None:
    """What only tests open stays behind; so does what settings don't name."""
    named = "file=in.csv\n"
    assert _files({"src/main/resources/a.properties": named, "in.csv": "x", "out.csv": "y"}) == {"/src/in.csv"}
    assert not _files({"src/test/resources/a.properties": named, "in.csv": "x"})
    assert not _files({"src/main/resources/a.txt": named, "in.csv": "x"})


def test_what_spring_boot_reads_by_itself() -> None:
    """Settings in the working directory and in its config folder, and the files that those name."""
    beside = {
        "application.yml": "file: in.csv\n",
        "config/application-prod.properties": "a=1\n",
        "config/other.properties": "a=1\n",
        "applications.yml": "a: 1\n",
        "in.csv": "x",
    }
    assert _files(beside, _BOOT) == {"/src/application.yml", "/src/config/application-prod.properties", "/src/in.csv"}
    assert not _files(beside)
