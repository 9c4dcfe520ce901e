"""Where gems land."""

from __future__ import annotations

import pytest

from imgslim.toolchains.ruby.installs import installed
from tests.toolchains.ruby.support import DEBIAN, FROM, read

_FILES = {"Gemfile": 'gem "a"\n'}


def _trees(dockerfile: str, **files: str) -> list[str]:
    return list(installed(read(dockerfile, {**_FILES, **files})).trees)


@pytest.mark.parametrize(
    ("lines", "trees"),
    [
        ("RUN bundle install --jobs 4 --without test development\n", ["/usr/local/bundle"]),
        ("RUN gem install bundler && bundle\n", ["/usr/local/bundle"]),
        ("RUN bundle install --path vendor/bundle\n", ["/srv/vendor/bundle", "/usr/local/bundle"]),
        ("RUN bundle install --deployment\n", ["/srv/vendor/bundle", "/usr/local/bundle"]),
        ("RUN bundle config set --local path /gems && bundle install\n", ["/usr/local/bundle", "/gems"]),
        (
            "RUN bundle config set --local deployment true\nRUN bundle install\n",
            ["/usr/local/bundle", "/srv/vendor/bundle"],
        ),
        ("ENV BUNDLE_PATH=/box\nRUN bundle install\n", ["/box", "/usr/local/bundle"]),
        ("ENV BUNDLE_PATH=/box BUNDLE_PATH__SYSTEM=true\nRUN bundle install\n", ["/usr/local/bundle"]),
        ("ENV BUNDLE_APP_CONFIG=\nRUN bundle install --path v\n", ["/srv/v", "/srv"]),
        ("RUN gem install -i /opt/gems a\n", ["/opt/gems"]),
        ("ENV GEM_HOME=/g\nRUN gem install a b:1.0\n", ["/g"]),
        ("RUN sudo -u app bundle install\n", ["/usr/local/bundle"]),
        ("RUN ruby -S bundle install\n", ["/usr/local/bundle"]),
        ("RUN gem update --system\n", []),
        ("RUN bundle exec rake spec\n", []),
        ("RUN echo bundle install\n", []),
    ],
)
def test_gems_land_where_settings_say(lines: str, trees: list[str]) -> None:
    """Options, variables and configuration, in the order in which Bundler asks them."""
    assert _trees(FROM + lines) == trees


def test_a_configuration_in_the_context_counts() -> None:
    """Where the image names no other folder for it, Bundler reads .bundle/config beside the Gemfile."""
    text = DEBIAN + "RUN bundle install\n"
    config = '---\nBUNDLE_PATH: "vendor/gems"\n'
    assert _trees(text, **{".bundle/config": config}) == ["/srv/vendor/gems", "/srv/.bundle"]
    assert _trees(text) == ["/var/lib/gems"]


def test_alpine_keeps_gems_with_its_interpreter() -> None:
    """Each distribution has its own folder."""
    assert _trees("FROM alpine:3.20\nRUN apk add ruby && gem install a\n") == ["/usr/lib/ruby/gems"]


def test_a_path_by_an_argument_is_open() -> None:
    """Nothing is guessed."""
    found = installed(read(FROM + "ARG P\nRUN bundle config set --local path $P && bundle install\n", _FILES))
    assert found.open_end


def test_groups_that_are_left_out() -> None:
    """By option, by configuration and by variable."""
    for line in (
        "RUN bundle install --without a b\n",
        "RUN bundle config set --local without 'a b' && bundle install\n",
        "ENV BUNDLE_WITHOUT=a:b\nRUN bundle install\n",
    ):
        assert installed(read(FROM + line, _FILES)).without == {"a", "b"}


def test_older_official_images_say_where_bundler_installs() -> None:
    """They set BUNDLE_PATH to GEM_HOME; a file that sets it to what is not known leaves it open."""
    text = FROM.replace("3.2", "2.7")
    assert not installed(read(text + "RUN bundle install\n", _FILES)).open_end
    assert installed(read(text + "ARG P\nENV BUNDLE_PATH=$P\nRUN bundle install\n", _FILES)).open_end
