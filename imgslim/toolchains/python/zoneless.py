"""Packages of Python's that never look a time zone up by its name, as those who read their sources found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.python.requirements import normal_name

if TYPE_CHECKING:
    from imgslim.evidence import Contents

#: None of their modules imports zoneinfo, or a package that stands for it.
_READ = frozenset(
    """
    aiohappyeyeballs aiohttp aiosignal anyio attrs blinker bottle certifi charset-normalizer click falcon flask
    flask-cors flask-wtf frozenlist gunicorn h11 httpcore httpx idna itsdangerous jinja2 markupsafe multidict pip
    propcache python-dotenv redis requests setuptools starlette tornado typing-extensions urllib3 uvicorn waitress
    werkzeug wheel wtforms yarl
    """.split()
)
#: Where an installer says what it put beside it (PyPA, "Recording installed projects").
_INSTALLED = regex(r".*/(?:site|dist)-packages/([^/]+?)(?:-[^/]+)?\.(?:dist-info|egg-info)(?:/METADATA|/PKG-INFO)?")


def may_ask_for_zones(built: Contents | None) -> bool:
    """Tell whether an installed package may look up a time zone; True where nobody looked which those are."""
    if built is None:
        return True
    names = {
        normal_name(found[1])
        for path, entry in built.entries.items()
        # What the base image has beside is its own tools'.
        if entry.layer >= built.base_layers
        and "-packages/" in path
        and (found := _INSTALLED.fullmatch(path)) is not None
    }
    return not names or not names <= _READ
