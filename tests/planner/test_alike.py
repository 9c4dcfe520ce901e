"""Which uses of common tools busybox and GNU do alike."""

from __future__ import annotations

import pytest

from imgslim.planner.alike import alike


@pytest.mark.parametrize(
    "words",
    [
        "mkdir -p /data", "rm -rf /data", "cp -a a b", "chmod 750 a", "chmod u+x,go-r a", "chown -R 1:1 a",
        "ln -sf a b", "sleep 5", "sleep 0.5", "grep -q x a", "grep -E -v x", "sed s/a/b/", "sed -i s/a/b/ f",
        "head -n 2", "tail -f x", "cut -d : -f 1", "tr a-z A-Z", "wc -l", "wc -c f", "date +%s", "id -u", "env A=b x",
        "env -i A=b x", "xargs x", "xargs -n 1 x", "find /a -type f -name b", "find /a -exec x {} ;", "stat -c %a f",
        "uname -m", "tee -a f", "touch f", "hostname", "whoami", "readlink -f a", "mktemp -d", "seq 1 5", "cat",
    ],
)  # fmt: skip
def test_alike(words: str) -> None:
    """What POSIX says, and both do."""
    assert alike(words.split(" "))


@pytest.mark.parametrize(
    "words",
    [
        "mkdir -v a", "cp --parents a b", "rm -i a", "chmod --reference a b", "grep -P x", "grep --color x",
        r"sed s/a\+/b/", r"sed s/a/\t/", "sed -z s/a/b/", "head -2", "date", "date -d tomorrow", "date -R", "id",
        "ls -l", "wc", "wc -l a b", "ps aux", "nc -z a 1", "timeout 5 x", "nohup x", "xargs -P 2 x",
        "find /a -printf x", "find /a -regex b", "stat -f f", "stat -c %A f", "awk {gensub()}", "uname -a",
        "hostname -i", "sort", "df -h", "tail -n x", "cp a b -r", "ln -sr a b", "readlink -m a", "curl x",
        "mktemp a.XXXX", "seq 0.1 1", "env -S x",
    ],
)  # fmt: skip
def test_not_alike(words: str) -> None:
    """What only one of both has, prints otherwise, or goes by the locale."""
    assert not alike(words.split(" "))


def test_words_that_the_shell_computes() -> None:
    """They may be operands where any operand will do, and nowhere else."""
    assert alike(("mkdir", "-p", ""))
    assert alike(("chown", "", "/data"))
    assert alike(("awk", "{print $2}"))
    assert not alike(("sed", ""))
    assert not alike(("sleep", ""))
    assert not alike(("head", "-n", ""))
