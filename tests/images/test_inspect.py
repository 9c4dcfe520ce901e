"""What an engine inspects, joined with what the tables know."""

from __future__ import annotations

from imgslim.images import Libc, from_inspect, parse_reference

_CONFIG = {
    "Env": ["PATH=/usr/bin", "EMPTY=", "EQUALS=a=b"],
    "WorkingDir": "/srv",
    "User": "app",
    "Cmd": ["run"],
    "Entrypoint": ["/entry"],
    "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
    "Volumes": {"/data": {}},
    "StopSignal": "SIGINT",
    "Healthcheck": {"Test": ["CMD-SHELL", "true"]},
    "OnBuild": ["RUN x"],
    "Shell": ["/bin/bash", "-c"],
}


def test_configuration_is_the_engines_and_content_the_tables() -> None:
    """Each configuration field is taken from the engine; the C library stays what the table says."""
    facts = from_inspect(parse_reference("golang:1.22"), {"Config": _CONFIG, "Size": 5})
    assert facts.env == (("PATH", "/usr/bin"), ("EMPTY", ""), ("EQUALS", "a=b"))
    assert (facts.workdir, facts.user, facts.cmd, facts.entrypoint) == ("/srv", "app", ("run",), ("/entry",))
    assert (facts.expose, facts.volumes, facts.stopsignal) == (("443/tcp", "80/tcp"), ("/data",), "SIGINT")
    assert (facts.healthcheck, facts.onbuild) == (("CMD-SHELL", "true"), ("RUN x",))
    assert (facts.shell_form, facts.size, facts.origin) == (("/bin/bash", "-c"), 5, "engine")
    assert (facts.libc, facts.release, facts.family) == (Libc.GLIBC, "bookworm", "golang")
    assert facts.entrypoint_execs_args is None, "another entry point than the one that was read"


def test_an_empty_configuration_means_the_defaults() -> None:
    """Absent and null fields are unset: working directory /, root, no command."""
    facts = from_inspect(parse_reference("node:20"), {"Config": None})
    assert (facts.workdir, facts.user, facts.cmd, facts.entrypoint, facts.env) == ("/", "", (), (), ())
    assert facts.env_known


def test_the_known_entry_point_keeps_what_was_read_of_it() -> None:
    """Where the engine shows the very entry point of the table, what that does stays known."""
    inspected = {"Config": {"Entrypoint": ["docker-entrypoint.sh"]}}
    assert from_inspect(parse_reference("node:20"), inspected).entrypoint_execs_args is True


def test_a_private_image() -> None:
    """Of an image in no table the configuration is known and nothing else."""
    facts = from_inspect(parse_reference("example.com/app:1"), {"Config": _CONFIG})
    assert (facts.workdir, facts.libc, facts.distribution, facts.has_shell) == ("/srv", None, None, None)


def test_labels_mean_nothing() -> None:
    """Text in labels changes no fact."""
    labelled = {"Config": {"Labels": {"io.imgslim.standin": "Go of another release"}}}
    ref = parse_reference("golang:1.22")
    assert from_inspect(ref, labelled) == from_inspect(ref, {"Config": {}})
