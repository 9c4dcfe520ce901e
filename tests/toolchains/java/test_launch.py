"""The launcher's command line."""

from __future__ import annotations

import pytest

from imgslim.toolchains.java.launch import read_launch


@pytest.mark.parametrize(
    ("line", "jar", "main", "path"),
    [
        ("java -jar app.jar --port 80", "app.jar", "", []),
        ("java -Xmx1g -Dx=y -jar app.jar", "app.jar", "", []),
        ("java -XX:+UseG1GC -cp a.jar:lib/* shop.Main x", "", "shop.Main", ["a.jar", "lib/*"]),
        ("java --class-path=out Main", "", "Main", ["out"]),
        ("java -classpath out Main", "", "Main", ["out"]),
        ("java Main", "", "Main", ["."]),
        ("java -cp : Main", "", "Main", [".", "."]),
        ("java -p mods -m shop/shop.Main", "", "shop/shop.Main", ["mods"]),
        ("java --module-path=mods --module shop", "", "shop", ["mods"]),
        ("java --add-opens java.base/java.lang=ALL-UNNAMED -jar a.jar", "a.jar", "", []),
        ("java --add-opens=java.base/java.lang=ALL-UNNAMED -jar a.jar", "a.jar", "", []),
    ],
)
def test_what_is_started(line: str, jar: str, main: str, path: list[str]) -> None:
    """Options with a value take their next word, and what follows the program is its own."""
    launch = read_launch(tuple(line.split()), {})
    assert launch is not None
    assert (launch.jar, launch.main, launch.path) == (jar, main, path)
    assert not launch.open_end


def test_class_path_from_the_environment() -> None:
    """CLASSPATH counts where no option says otherwise."""
    launch = read_launch(("java", "Main"), {"CLASSPATH": "/opt/out:/opt/a.jar"})
    assert launch is not None
    assert launch.path == ["/opt/out", "/opt/a.jar"]
    given = read_launch(("java", "-cp", "out", "Main"), {"CLASSPATH": "/opt/out"})
    assert given is not None
    assert given.path == ["out"]


@pytest.mark.parametrize(
    ("option", "file"),
    [
        ("-javaagent:agent.jar=port=1", "agent.jar"),
        ("-Dlogging.config=file:/etc/log.xml", "/etc/log.xml"),
        ("-Djavax.net.ssl.trustStore=trust.jks", "trust.jks"),
        ("-XX:SharedArchiveFile=app.jsa", "app.jsa"),
        ("@options", "options"),
    ],
)
def test_files_that_options_name(option: str, file: str) -> None:
    """Agents, settings and archives are read by the machine itself, also where a variable gives the option."""
    launch = read_launch(("java", option, "-jar", "a.jar"), {})
    assert launch is not None
    assert launch.files == [file]
    if not option.startswith("@"):
        assert read_launch(("java", "-jar", "a.jar"), {"JAVA_TOOL_OPTIONS": option}) is not None


def test_a_property_is_no_file() -> None:
    """A property that names no file by its well-known name asks for none."""
    launch = read_launch(("java", "-Dspring.profiles.active=prod", "-jar", "a.jar"), {})
    assert launch is not None
    assert launch.files == []


def test_nothing_is_started() -> None:
    """What only tells something runs no program."""
    assert read_launch(("java", "-version"), {}) is None
    assert read_launch(("java",), {}) is None


def test_open_ends() -> None:
    """A word that is not literal, or a list of options in a file, leaves open what else is asked for."""
    launch = read_launch(("java", "", "-jar", "a.jar"), {})
    assert launch is not None
    assert launch.open_end
    source = read_launch(("java", "Hello.java"), {})
    assert source is not None
    assert source.source == "Hello.java"
