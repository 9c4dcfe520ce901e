"""The engine's description of an image becomes values."""

from __future__ import annotations

from imgslim.engine.images import HealthCheck, ImageConfig, read_config


def test_everything_is_read() -> None:
    """Each name of the API reaches its field."""
    raw = {
        "Env": ["PATH=/bin", "X=a=b", "EMPTY="],
        "WorkingDir": "/w",
        "User": "u",
        "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
        "Volumes": {"/data": {}},
        "Labels": {"b": "2", "a": "1"},
        "StopSignal": "SIGINT",
        "Healthcheck": {"Test": ["CMD", "x"], "Interval": 1, "Timeout": 2, "StartPeriod": 3, "Retries": 4},
        "Entrypoint": ["/e"],
        "Cmd": ["c"],
    }
    config = read_config(raw)
    assert config == ImageConfig(
        env=(("PATH", "/bin"), ("X", "a=b"), ("EMPTY", "")),
        working_dir="/w",
        user="u",
        exposed_ports=("53/udp", "80/tcp"),
        volumes=("/data",),
        labels=(("a", "1"), ("b", "2")),
        stop_signal="SIGINT",
        health=HealthCheck(("CMD", "x"), 1, 2, 3, 4),
        entrypoint=("/e",),
        cmd=("c",),
    )
    assert config.exposed_tcp == {80}


def test_absent_and_null_are_the_same() -> None:
    """The API leaves out or nulls what is not set."""
    assert read_config({"Env": None, "Healthcheck": None, "Cmd": None}) == read_config({}) == ImageConfig()


def test_no_health_check() -> None:
    """NONE and nothing both mean that nothing is run."""
    assert HealthCheck(()).is_none
    assert HealthCheck(("NONE",)).is_none
    assert not HealthCheck(("CMD", "x")).is_none
