"""Gemfile and Gemfile.lock."""

from __future__ import annotations

from imgslim.toolchains.ruby.gems import Gem, read_gemfile, read_lock
from tests.toolchains.ruby.support import GEMFILE, LOCK


def _read(**files: str) -> object:
    found = read_gemfile("/srv/Gemfile", lambda path: files[path[5:]].encode() if path[5:] in files else None)
    assert found is not None
    return found


def test_a_gemfile_names_gems_with_groups_and_folders() -> None:
    """Blocks and options say the same."""
    text = GEMFILE + 'gem "pry", groups: [:development, :test]\npath "vendor/own" do\n  gem "own"\nend\n'
    found = read_gemfile("/srv/Gemfile", lambda _: text.encode())
    assert found is not None
    assert {g.name: (g.groups, g.path) for g in found.gems} == {
        "sinatra": ((), ""), "puma": ((), ""), "nokogiri": ((), ""), "shop": ((), "engines/shop"),
        "rspec": (("test",), ""), "pry": (("development", "test"), ""), "own": ((), "vendor/own"),
    }  # fmt: skip
    assert found.open_end == ""


def test_a_condition_in_a_group_does_not_end_it() -> None:
    """Every ``end`` closes the block that it belongs to."""
    text = 'group :a do\n  if x\n    gem "b"\n  end\n  gem "c"\nend\ngem "d" if y\n'
    found = read_gemfile("/srv/Gemfile", lambda _: text.encode())
    assert found is not None
    assert found.gems == (Gem("b", ("a",), ""), Gem("c", ("a",), ""), Gem("d", (), ""))


def test_another_file_that_is_evaluated_counts() -> None:
    """It is read where it is there; else the list is open."""
    assert _read(Gemfile='eval_gemfile "more"\n', more='gem "a"\n').gems == (Gem("a", (), ""),)  # type: ignore[attr-defined]
    assert "reads another file" in _read(Gemfile='eval_gemfile "more"\n').open_end  # type: ignore[attr-defined]
    assert "computes" in _read(Gemfile="%w[a b].each { |n| gem n }\n").open_end  # type: ignore[attr-defined]
    assert "gemspec" in _read(Gemfile="gemspec\n").open_end  # type: ignore[attr-defined]


def test_no_gemfile() -> None:
    """Nothing is made up."""
    assert read_gemfile("/srv/Gemfile", lambda _: None) is None


def test_a_lock_settles_versions_and_what_needs_what() -> None:
    """Of what is asked for, all that it needs is reached; nothing else is."""
    found = read_lock(LOCK)
    assert found.versions["nokogiri"] == "1.16.0-x86_64-linux"
    assert found.paths == ("engines/shop",)
    assert found.direct == ("nokogiri", "puma", "rspec", "shop", "sinatra")
    assert found.reached(("sinatra",)) == {"sinatra", "mustermann", "ruby2_keywords"}
