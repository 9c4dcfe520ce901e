"""Fixtures for all tests."""

from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.engine_support import Docker, engine_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell starts what runs in its background with SIGINT ignored, and programs that tests interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Thousands of tests stay in memory while they run: to look through them for garbage again and again takes seconds.
gc.set_threshold(100_000)


def pytest_collection_finish() -> None:
    """What was collected stays: it need not be looked through."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the results of tests out of the user's own cache."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def engine() -> Iterator[Docker]:
    """Give a working engine, for this process and those it starts; without one the test fails, it is not skipped."""
    change = engine_environment()
    if change is None:
        pytest.fail('no Docker engine with buildx answers; `eval "$(.ci/engine)"` starts one', pytrace=False)
    os.environ.update(change)
    made = Docker()
    yield made
    made.close()
