"""Interpreters that packages of RPM brought: installed again by the manager that the family's own image has."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Applicability, Declined, Rewritten
from imgslim.service import slim

_FILES = {
    "app.py": b"import flask\n", "requirements.txt": b"flask\n", "app.js": b"", "package.json": b'{"name": "a"}\n',
    "A.java": b"class A { public static void main(String[] a) {} }\n", "app.rb": b"puts 1\n",
    "Gemfile": b'source "https://rubygems.org"\ngem "sinatra"\n', "plain.py": b"print(1)\n",
}  # fmt: skip


def rewritten(base: str, steps: str, cmd: str) -> Rewritten | Declined:
    """The answer for one of those programs."""
    found = slim(f"FROM {base}\nWORKDIR /app\nCOPY . .\n{steps}\nCMD {cmd}\n", MemoryContext(dict(_FILES)))
    assert isinstance(found, Rewritten | Declined), found
    return found


_PIP = "RUN pip3 install -r requirements.txt"


@pytest.mark.parametrize(
    ("base", "steps", "cmd", "line"),
    [
        (
            "fedora:40",
            f"RUN dnf install -y python3 python3-pip python3-requests gcc python3-devel\n{_PIP}",
            "python3 app.py",
            "dnf install -y python3 python3-requests && dnf clean all && command -v /usr/bin/python3",
        ),
        (
            "rockylinux:9",
            "RUN dnf install -y python3.11-pip && pip3.11 install flask",
            "python3.11 app.py",
            "microdnf install -y python3.11 && microdnf clean all && command -v /usr/bin/python3.11",
        ),
        (
            "registry.access.redhat.com/ubi8/ubi",
            "RUN dnf install -y python39 && python3.9 -m venv /opt/v && /opt/v/bin/pip install flask",
            "/opt/v/bin/python app.py",
            "microdnf install -y python39 && microdnf clean all && command -v /usr/bin/python3.9",
        ),
        (
            "amazonlinux:2023",
            "RUN dnf install -y nodejs20 nodejs20-npm gcc-c++ && npm install",
            "node app.js",
            "dnf install -y nodejs20 && dnf clean all && command -v node",
        ),
        (
            "oraclelinux:9-slim",
            "RUN microdnf install -y nodejs npm && microdnf clean all && npm install",
            "node app.js",
            "microdnf install -y nodejs && microdnf clean all && command -v node",
        ),
        (
            "almalinux:9",
            "RUN dnf install -y java-17-openjdk-devel && javac A.java",
            "java A",
            "microdnf install -y java-17-openjdk && microdnf clean all && command -v java",
        ),
        (
            "centos:7",
            "RUN yum install -y java-1.8.0-openjdk-devel && javac A.java",
            "java A",
            "yum install -y java-1.8.0-openjdk && yum clean all && command -v java",
        ),
        (
            "fedora:40",
            "RUN dnf install -y ruby ruby-devel gcc make redhat-rpm-config && gem install sinatra",
            "ruby app.rb",
            "dnf install -y ruby && dnf clean all && command -v ruby",
        ),
    ],
)
def test_the_package_comes_again(base: str, steps: str, cmd: str, line: str) -> None:
    """By the name that the author wrote, without what only builds need; on another image that is an assumption."""
    found = rewritten(base, steps, cmd)
    assert isinstance(found, Rewritten), found
    assert f"RUN {line}\n" in found.after
    same = found.plan.target.reference == base
    assert ("packages-unproven" in {a.reason for a in found.plan.assumptions}) is not same


def test_modules_lie_below_usr_local() -> None:
    """Those for one kind of machine in a folder of their own, which may not be there."""
    found = rewritten("fedora:40", f"RUN dnf install -y python3-pip\n{_PIP}", '["flask", "run"]')
    assert isinstance(found, Rewritten), found
    assert "for d in /usr/local/lib*/python3.*/site-packages; do" in found.after
    assert "COPY --from=build /usr/local/bin /usr/local/bin\n" in found.after
    # Its image has no find.
    assert "find /usr/local" not in found.after
    listed = "bash -O globstar -O nullglob -O dotglob -c 'for f in /usr/local/lib*/python3.*/site-packages/**/*.so*; do"
    assert listed in found.after


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ("RUN gem install sinatra", "/usr/local/*/gems"),
        ("RUN dnf install -y rubygem-bundler && bundle install", "/usr/*/gems"),
    ],
)
def test_where_gems_lie_is_an_assumption(steps: str, places: str) -> None:
    """Gem leaves /usr to packages, Bundler does not; both as Fedora sets RubyGems up."""
    found = rewritten("fedora:40", f"RUN dnf install -y ruby ruby-devel\n{steps}", "ruby app.rb")
    assert isinstance(found, Rewritten), found
    assert f"for d in {places}; do" in found.after
    assert "file-unproven" in {a.reason for a in found.plan.assumptions}


@pytest.mark.parametrize(
    ("base", "steps", "cmd", "said"),
    [
        ("almalinux:9", "RUN dnf module enable -y nodejs:20 && dnf install -y nodejs", "node app.js", "module enable"),
        ("rockylinux:8", "RUN dnf module install -y nodejs:20", "node app.js", "module install"),
        ("rockylinux:8", "RUN dnf install -y @nodejs:20", "node app.js", "no step is known"),
        ("centos:7", "RUN yum install -y epel-release && yum install -y nodejs", "node app.js", "epel-release"),
        ("amazonlinux:2", "RUN amazon-linux-extras install -y python3.8", "python3.8 plain.py", "is not known"),
        (
            "fedora:40",
            "RUN curl -sL https://rpm.nodesource.com/setup_20.x | bash - && dnf install -y nodejs",
            "node app.js",
            "nodesource",
        ),
        ("rockylinux:9", "RUN dnf --enablerepo=crb install -y python3", "python3 plain.py", "is not known"),
        ("rockylinux:9", "RUN dnf install -y gcc", "python3 plain.py", "is not known"),
        ("centos:7", "RUN yum install -y python2 python-pip && pip install flask", "python2 plain.py", "is not known"),
    ],
)
def test_what_is_not_the_distributions_is_refused_by_name(base: str, steps: str, cmd: str, said: str) -> None:
    """Streams of modules, EPEL, scripts and repositories of others; and what nobody installed."""
    found = rewritten(base, steps, cmd)
    assert isinstance(found, Declined), found.after
    assert (found.reason, said in found.message) == ("needs-command", True), found.message


def test_programs_for_the_whole_machine_by_npm_are_not_known() -> None:
    """Where npm of these distributions puts them no table says: a look into the image does."""
    found = rewritten("fedora:40", "RUN dnf install -y nodejs npm && npm install -g serve", '["serve", "."]')
    assert isinstance(found, Declined)
    assert found.reason == "entry-not-built"


@pytest.mark.parametrize(("base", "safe"), [("fedora:40", True), ("rockylinux:9", False)])
def test_what_is_safe_by_reading(base: str, safe: bool) -> None:  # noqa: FBT001  (a table's column)
    """The same packages on the same image; not on a smaller one."""
    found = rewritten(base, "RUN dnf install -y python3 gcc", "python3 plain.py")
    assert isinstance(found, Rewritten), found
    assert (found.plan.applicability is Applicability.SAFE) is safe, found.plan.assumptions
