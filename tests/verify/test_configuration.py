"""Configurations are compared by what they mean to docker run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgslim.engine.images import HealthCheck, ImageConfig
from imgslim.verify.configuration import compare_configurations

BASE = ImageConfig(
    env=(("PATH", "/go/bin:/usr/bin"), ("GOLANG_VERSION", "1.24")), labels=(("maintainer", "distribution"),)
)
BEFORE = ImageConfig(
    env=(("PATH", "/app/bin:/go/bin:/usr/bin"), ("GOLANG_VERSION", "1.24"), ("MODE", "prod")),
    labels=(("maintainer", "distribution"), ("app", "x")),
    working_dir="/app",
    user="app",
    exposed_ports=("80/tcp",),
    volumes=("/data",),
    stop_signal="SIGINT",
    health=HealthCheck(("CMD", "/check")),
    cmd=("/bin/sh", "-c", "server --port 80"),
)


def failing(after: ImageConfig, before: ImageConfig = BEFORE, base: ImageConfig | None = BASE) -> list[str]:
    """The names that don't hold."""
    return [result.name for result in compare_configurations(before, after, base) if not result.holds]


def said(name: str, after: ImageConfig, before: ImageConfig = BEFORE) -> str:
    """The message of one result."""
    return next(one.message for one in compare_configurations(before, after, BASE) if one.name == f"config:{name}")


def test_the_same_holds_without_a_word() -> None:
    """Two equal configurations have nothing to say."""
    results = list(compare_configurations(BEFORE, BEFORE, BASE))
    assert all(result.holds and not result.message for result in results)
    assert len({result.name for result in results}) == len(results)


def test_what_the_base_image_gave_may_go() -> None:
    """Inherited variables, labels and PATH entries may be lost; it is said."""
    after = replace(BEFORE, env=(("PATH", "/app/bin:/bin"), ("MODE", "prod")), labels=(("app", "x"),))
    assert failing(after) == []
    assert "GOLANG_VERSION" in said("Env", after)
    assert "maintainer" in said("Labels", after)
    assert "/go/bin" in said("Env:PATH", after)


def test_without_a_known_base_nothing_may_go() -> None:
    """What can't be told to be inherited counts as the file's own."""
    after = replace(BEFORE, env=(("PATH", "/app/bin:/bin"), ("MODE", "prod")))
    assert failing(after, base=None) == ["config:Env:PATH", "config:Env:GOLANG_VERSION"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"env": (("PATH", "/app/bin:/go/bin:/usr/bin"), ("GOLANG_VERSION", "1.24"))}, "config:Env:MODE"),
        (
            {"env": (("PATH", "/app/bin:/go/bin:/usr/bin"), ("GOLANG_VERSION", "1.24"), ("MODE", "test"))},
            "config:Env:MODE",
        ),
        ({"env": (("PATH", "/usr/bin"), ("GOLANG_VERSION", "1.24"), ("MODE", "prod"))}, "config:Env:PATH"),
        ({"labels": (("maintainer", "distribution"), ("app", "y"))}, "config:Labels:app"),
        ({"working_dir": ""}, "config:WorkingDir"),
        ({"user": ""}, "config:User"),
        ({"stop_signal": ""}, "config:StopSignal"),
        ({"exposed_ports": ()}, "config:ExposedPorts"),
        ({"volumes": ()}, "config:Volumes"),
        ({"health": HealthCheck(())}, "config:Healthcheck"),
        ({"health": HealthCheck(("CMD", "/check"), retries=9)}, "config:Healthcheck"),
        ({"cmd": ("server",)}, "config:entry"),
        ({"cmd": ()}, "config:entry"),
    ],
)
def test_what_the_file_itself_set_must_stay(change: dict[str, object], name: str) -> None:
    """One changed field gives one failing result, by its name."""
    assert failing(replace(BEFORE, **change)) == [name]  # type: ignore[arg-type]


def test_other_names_of_the_same() -> None:
    """What the engine takes by default may be written or left out."""
    bare = ImageConfig(cmd=("x",))
    written = ImageConfig(
        cmd=("x",), working_dir="/", user="0:0", stop_signal="15", health=HealthCheck(("NONE",), interval=5)
    )
    assert failing(written, bare, ImageConfig()) == []
    assert failing(replace(BEFORE, working_dir="/app/")) == []


def test_additions_are_said() -> None:
    """What the new base adds does not count against it."""
    after = replace(
        BEFORE,
        env=(*BEFORE.env, ("SSL_CERT_FILE", "/x")),
        volumes=("/data", "/var/cache"),
        exposed_ports=("443/tcp", "80/tcp"),
    )
    assert failing(after) == []
    assert "SSL_CERT_FILE" in said("Env", after)
    assert said("Volumes", after) == "added: /var/cache"
    assert said("ExposedPorts", after) == "added: 443/tcp"


SHELL = ("/bin/sh", "-c")


@pytest.mark.parametrize(
    ("before", "after", "holds", "says"),
    [
        (((), (*SHELL, "./hello a")), ((), ("./hello", "a")), True, "another way"),
        (((), (*SHELL, "exec ./hello 'a b'")), ((), ("./hello", "a b")), True, "another way"),
        (((*SHELL, "./hello"), ()), ((), ("./hello",)), True, "arguments of `docker run`"),
        (((), (*SHELL, "./hello a")), ((), ("./hello",)), False, "other arguments"),
        (((), (*SHELL, "./hello $X")), ((), ("./hello", "$X")), False, "other arguments"),
        (((), (*SHELL, "./hello $X")), ((), (*SHELL, "exec ./hello $X")), True, "another way"),
        (((), (*SHELL, "cd /a; ./x")), ((), (*SHELL, "cd /b; ./x")), False, "other arguments"),
        (((), (*SHELL, "it's")), ((), (*SHELL, "its")), False, "other arguments"),
        ((("/entry.sh",), ("node", "x.js")), ((), ("node", "x.js")), True, "no longer through /entry.sh"),
        (((), ("hello", "a")), ((), ("/usr/bin/hello", "a")), True, "named otherwise"),
        (((), (*SHELL, "java -jar x/*.jar")), ((), ("java", "-jar", "x/a-1.jar")), True, "another way"),
        ((("/entry.sh",), (*SHELL, "java -jar *.jar")), ((), ("java", "-jar", "a.jar")), True, "no longer through"),
        ((("/entry.sh",), (*SHELL, "./hello a")), (("/entry.sh",), ("./hello", "a")), True, "another way"),
        (((), (*SHELL, "java -jar x/*.jar")), ((), ("java", "-jar", "x/y/a.jar")), False, "another program"),
        (((), (*SHELL, "java -jar x/*.jar")), ((), ("java", "-jar", "x/a.war")), False, "another program"),
        (((), (*SHELL, "java -jar 'x/*.jar'")), ((), ("java", "-jar", "x/a.jar")), False, "another program"),
        (((), ("java", "-jar", "x/*.jar")), ((), ("java", "-jar", "x/a.jar")), False, "another program"),
        (((), ("hello",)), ((), ("hullo",)), False, "another program"),
        (((), ("hello",)), ((), ()), False, "another program"),
        (((), ()), ((), ()), True, ""),
    ],
)
def test_entry(
    before: tuple[tuple[str, ...], tuple[str, ...]],
    after: tuple[tuple[str, ...], tuple[str, ...]],
    holds: bool,  # noqa: FBT001  (a column of the table)
    says: str,
) -> None:
    """ENTRYPOINT and CMD are compared by what they start."""
    old, new = (ImageConfig(entrypoint=entrypoint, cmd=cmd) for entrypoint, cmd in (before, after))
    result = list(compare_configurations(old, new, None))[-1]
    assert (result.name, result.holds) == ("config:entry", holds)
    assert says in result.message
