"""What varies by itself is masked, everything else counts."""

from __future__ import annotations

import pytest

from imgslim.verify.mask import Sample, difference


def differs(originals: list[str], new: str, *, running: bool = False, flowing: bool = False) -> str:
    """Compare texts that all came about in the same way."""
    samples = [Sample(text, running, flowing) for text in originals]
    return difference(samples, Sample(new, running, flowing))


@pytest.mark.parametrize(
    ("originals", "new"),
    [
        (["hello\n", "hello\n"], "hello\n"),
        (["hello\n", "hello\n"], "hello"),
        (["it is 10:00:01 now", "it is 10:00:02 now"], "it is 11:59:59 now"),
        (["2026-11-25T10:00:01.5Z up", "2026-11-25T10:00:02.25Z up"], "2026-11-26T00:00:00.125Z up"),
        (["host 3f2a8c91d0aa pid 7", "host 0c1b2a3d4e5f pid 9"], "host ffffffffffff pid 123"),
        (["listening on 127.0.0.1:41234", "listening on 127.0.0.1:50001"], "listening on 127.0.0.1:33333"),
        (["took 1.2ms", "took 900us"], "took 3s"),
        (['{"time":"10:01","ok":true}', '{"time":"10:02","ok":true}'], '{"time":"10:03","ok":true}'),
        (["done in 3 s after 2 tries", "done in 1 min 3 s after 2 tries"], "done in 5 s after 2 tries"),
        (["a\nb\nc", "b\na\nc"], "c\nb\na"),
        (["worker 1 ready at 5\nmain up", "main up\nworker 1 ready at 7"], "main up\nworker 1 ready at 9"),
        (["x 1\nx 2\nend", "x 1\nend"], "x 1\nx 2\nx 3\nend"),
        (["same", "same", "other"], "other"),
    ],
)
def test_what_varies_in_the_original_may_vary(originals: list[str], new: str) -> None:
    """A text that differs only where the original's runs differ from each other is the same."""
    assert differs(originals, new) == ""


@pytest.mark.parametrize(
    ("originals", "new", "says"),
    [
        (["hello", "hello"], "hullo", "line 1"),
        (["hello\nworld", "hello\nworld"], "hello", "lacks line 2"),
        (["hello", "hello"], "hello\nworld", "additional line 2"),
        (["it is 10:00:01 now", "it is 10:00:02 now"], "it was 10:00:03 now", "line 1"),
        (["took 12 ms", "took 13 ms"], "took forever ms", "line 1"),
        (["took 12 ms", "took 13 ms"], "took 12 ms more", "line 1"),
        (["pid 7: zone Europe/Paris", "pid 8: zone Europe/Paris"], "pid 9: zone UTC", "line 1"),
        (["5 done in 3 s after 2 tries", "6 done in 1 min 3 s after 2 tries"], "7 failed after 2 tries", "line 1"),
        (["a\nb\nc", "b\na\nc"], "a\nb\nd", "lacks the line 'c'"),
        (["a\nb\nc", "b\na\nc"], "a\nb\nc\nc", "additional line 'c'"),
        (["x 1\nx 2\nend", "x 1\nend"], "x 1\nx 2", "lacks the line 'end'"),
        (["x 1\nx 2\nend", "x 1\nend"], "x 1\nerror\nend", "additional line 'error'"),
        (["", ""], "error: cannot open file", "additional line"),
    ],
)
def test_everything_else_counts(originals: list[str], new: str, says: str) -> None:
    """A difference outside of what varies is named."""
    assert says in differs(originals, new)


def test_a_kind_of_line_that_only_some_runs_print_does_not_count() -> None:
    """Where the original prints other lines each time, additional ones can't be held against the rewrite."""
    assert differs(["start\nretry", "start"], "start\nwarning: slow\n") == ""
    assert "lacks the line 'start'" in differs(["start\nretry", "start"], "retry")


def test_a_running_program_may_have_repeated_itself_more_often() -> None:
    """How many ticks were printed until we looked is chance; what they say is not."""
    assert differs(["up\ntick 1\ntick 2", "up\ntick 1\ntick 2"], "up\ntick 1\ntick 2\ntick 3", running=True) == ""
    assert "additional line" in differs(["up\ntick 1", "up\ntick 1"], "up\ntick 1\nerror", running=True)
    assert "lacks line" in differs(["up\ntick 1", "up\ntick 1"], "up", running=True)


def test_a_flowing_text_is_compared_as_far_as_it_got() -> None:
    """A program that never stops printing is cut anywhere, even in a line."""
    assert (
        differs(["one\ntwo\nthree\nfo", "one\ntwo\nth"], "one\ntwo\nthree\nfour\nfi", running=True, flowing=True) == ""
    )
    assert differs(["one\ntwo\nthree\nfo", "one\ntwo\nth"], "one\ntw", running=True, flowing=True) == ""
    assert differs(["one\ntwo\nthree\nfo", "one\ntwo\nth"], "one\nzwei\ntr", running=True, flowing=True) != ""
    assert differs(["one\ntwo\nthree\nfo", "one\ntwo\nth"], "", running=True, flowing=True) != ""


def test_long_lines_are_shortened_for_people() -> None:
    """A message stays a line."""
    assert len(differs(["a" * 5000] * 2, "b" * 5000)) < 500


@pytest.mark.parametrize(
    "line",
    [
        "2026/01/01 [error] {}#{}: *4 open() failed",
        "Jan 1 host cron[{}]: started",
        "[core:error] [pid {}:tid {}] lost",
        "[2026-01-01 10:00:00 +0000] [{}] [INFO] Booting worker with pid: {} of 4",
        "[2026-01-01 10:00:00 +0000] [{}] [INFO] Listening at: http://0.0.0.0:8004 ({})",
        "[{}] - Worker 0 (PID: {}) booted in 0.04s",
        "INFO:     Finished server process [{}] of 4",
        "2026-01-01T00:00:00.000Z  INFO {} --- [           main] shop.Shop  : opened 4 doors",
        "{}:C 26 Nov 2026 09:17:33.880 * temp-rewriteaof-bg-{}.aof started",
        "INFO 1 --- [nio-8080-exec-{}] o.a.c.c.C.[Tomcat].[localhost] : opened 4 doors",
        "[qtp9700377{}-1{}] INFO a.Filter - request 4 lost",
    ],
)
def test_which_worker_it_was_is_chance(line: str) -> None:
    """Also where all runs of the original had the same one; other numbers count."""
    first, other = Sample(line.format(7, 7)), Sample(line.format(8, 8))
    assert not difference([first, first], other)
    assert difference(
        [first, first], Sample(line.format(7, 7).replace("4", "5").replace("started", "5").replace("lost", "5"))
    )


def test_another_number_than_the_process_counts() -> None:
    """Twin: what stands in brackets at a line's end is the process only where it is the one that the line is by."""
    first, other = Sample("[7] [INFO] ended (7)"), Sample("[1] [INFO] ended (3)")
    assert difference([first, first], other)
    assert difference([Sample("[7] [INFO] ended (3)")] * 2, Sample("[1] [INFO] ended (1)"))


@pytest.mark.parametrize(
    ("new", "alike"),
    [
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 465 0.0004', True),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 465 1.2004 ', True),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 - 0.0005', False),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 466 0.0005', False),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 500 465 0.0005', False),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 465 0.5', False),
        ('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 465', False),
    ],
)
def test_how_long_an_answer_took_is_chance(new: str, *, alike: bool) -> None:
    """Rack's log says it so coarsely that all runs may have taken the same; what was answered counts."""
    old = Sample('1.2.3.4 - - [x] "GET /a HTTP/1.1" 404 465 0.0005')
    assert (not difference([old, old], Sample(new))) is alike


def test_a_price_is_no_time() -> None:
    """Four decimals alone say nothing."""
    old = Sample("the rate of 404 465 is 0.0005")
    assert difference([old, old], Sample("the rate of 404 465 is 0.0004"))


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("b.txt 2026-Nov-26 05:11:35 0.1K", "b.txt 2026-Nov-26 08:24:16 0.1K", True),
        ("b 2026-11-26T05:11:35", "b 2026-11-25T05:11:36", True),
        ("b.txt 2026-Nov-26 05:11:35 0.1K", "b.txt 2026-Nov-26 08:24:16 0.2K", False),
        ("b.txt 2026-Nov-26 05:11:35 0.1K", "b.txt 2026-Nov-26 06:11:35 0.1K", False),  # another zone
        ("b.txt 2026-Nov-26 05:11:35", "b.txt 2026-Nov-26 05:26:35", False),
        ("b.txt 2026-Nov-26 05:11:35", "b.txt 2026-Nov-26 25:11:36", False),
        ("b.txt 2026-Xyz-26 05:11:35", "b.txt 2026-Xyz-26 05:11:36", False),
        ("b.txt 2026-Nov-26 05:11", "b.txt 2026-Nov-26 08:24", False),  # may be the present time
        ("b.txt 1", "b.txt 2", False),
    ],
)
def test_when_a_file_was_made(old: str, new: str, alike: bool) -> None:  # noqa: FBT001
    """Another build makes it at another time; one run alone does not tell that from the present."""
    assert (not differs([old, old], new)) is alike
    assert differs([old], new)


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("Started ServerConnector@44533b9b{HTTP/1.1}", "Started ServerConnector@62dee7de{HTTP/1.1}", True),
        (
            "Opened application@5cc3e49b{HTTP/1.1, (http/1.1)}",
            "Opened application@6c3bbe4a{HTTP/1.1, (http/1.1)}",
            True,
        ),
        ("Opened application@5cc3e49b", "Opened application@6c3bbe4a", False),
        ("Opened application@5cc3e49b{HTTP/1.1}", "Opened admin@6c3bbe4a{HTTP/1.1}", False),
        ("java.lang.Object@1b28cdfa", "java.lang.Object@5e91993f", True),
        ("[B@7852e922 and [Ljava.lang.String;@4e25154f", "[B@1c4af82c and [Ljava.lang.String;@379619aa", True),
        ("a.Main$$Lambda/0x00007f1234003000@70dea4e", "a.Main$$Lambda/0x00007f5678003000@5c647e05", True),
        ("Main$$Lambda$14/0x0000000800c03000@1b28cdfa", "Main$$Lambda$15/0x0000000800c03000@1b28cdfa", False),
        ("Started ServerConnector@44533b9b", "Started LocalConnector@44533b9b", False),
        ("to Zoe@44533b9b.example.org", "to Zoe@62dee7de.example.org", False),
        ("team Red@decade", "team Red@facade", False),
        ("commit@44533b9b", "commit@62dee7de", False),
        ("Version@12", "Version@13", False),
    ],
)
def test_which_object_it_was_is_chance(old: str, new: str, alike: bool) -> None:  # noqa: FBT001
    """The identity of a Java object, which all runs of the original may have alike; not other words with the sign."""
    assert (differs([old, old], new) == "") is alike


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("WSGI app 0 (mountpoint='') ready in {} seconds on interpreter 0x7f pid: 9 (default app)", True),
        ("INFO 1 --- [x] o.s.web.servlet.DispatcherServlet : Completed initialization in {} ms", True),
        ("Completed initialization in {} ms of 4", False),
        ("trying again in {} ms", False),
        ("trying again in {} seconds", False),
        ("ready in {} seconds", False),
    ],
)
def test_how_long_a_program_took_to_load(line: str, same: bool) -> None:  # noqa: FBT001
    """So coarsely that all runs of the original may have taken the same; what is set to wait counts."""
    old = Sample(line.format(0))
    assert (not difference([old, old], Sample(line.format(1)))) is same


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("Server VM (build 17.0.2+1, mixed mode, sharing)", "Server VM (build 17.0.2+1, mixed mode)", True),
        ("VM (build 1, mixed mode, emulated-client, sharing)", "VM (build 1, mixed mode, emulated-client)", True),
        ("Server VM (build 17.0.2+1, mixed mode, sharing)", "Server VM (build 17.0.3+1, mixed mode)", False),
        ("Server VM (build 17.0.2+1, mixed mode, sharing)", "Server VM (build 17.0.2+1, interpreted mode)", False),
        ("costs in this mode, sharing", "costs in this mode", False),
    ],
)
def test_whether_java_maps_its_classes_from_an_archive(old: str, new: str, alike: bool) -> None:  # noqa: FBT001
    """It says so with its version, and does the same without."""
    assert (differs([old, old], new) == "") is alike


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ("New major version of npm available! 10.8.2 -> 11.6.4\nChangelog: https://x.example\nTo update run: x", True),
        ("New minor version of npm available! 10.8.2 -> 10.9.0", True),
        ("Access token expired or revoked.", False),
        ("New major version of yarn available! 1 -> 2", False),
    ],
)
@pytest.mark.parametrize("end", ["", "\nlistening"])
def test_that_there_is_a_newer_npm(said: str, end: str, alike: bool) -> None:  # noqa: FBT001
    """It asks the registry once in a while, and says so then."""
    notice = "\n".join(f"npm notice {line}".rstrip() for line in ("", *said.split("\n"), ""))
    old, new = f"started{end}", f"started\n{notice}{end}"
    assert (differs([old, old], new) == "") is alike
    assert (differs([new, new], old) == "") is alike


def _page(form: str, *values: object) -> str:
    names = ("used", "free", "up", "loaded", "peak")
    return "\n".join(form.format(name=name, value=value) for name, value in zip(names, values, strict=False))


@pytest.mark.parametrize(
    ("form", "loaded", "alike"),
    [
        ('"value" : {value}', 5706, True),
        ('jvm_{name}{{area="heap"}} {value}', 5706, True),
        ('"value" : {value}', 6706, False),
        ('"value" : {value}', 0, False),
        ('"value" : {value}', "none", False),
        # Each stands in a line of its own kind.
        ("{name} = {value}", 5706, False),
    ],
)
def test_what_a_machine_measures_of_itself(form: str, loaded: object, alike: bool) -> None:  # noqa: FBT001
    """A number that nearly fits, among several of one form that vary by themselves, was measured as well."""
    old = [_page(form, 101, 5005, 7, 5685, 12), _page(form, 140, 5100, 9, 5685, 12)]
    assert (not differs(old, _page(form, 133, 5050, 8, loaded, 12))) is alike


def test_a_number_among_few_that_vary() -> None:
    """One or two lines that vary say nothing of the others."""
    old = ["v 1\nv 2\nv 5685", "v 3\nv 2\nv 5685"]
    assert differs(old, "v 2\nv 2\nv 5706")


_BOARDS = ["7 . 3 . 5 1 .\n2 3 . 8 . 6 4\nscore . of 9", ". 2 3 . . 6 7\n. 9 4 8 1 . 8\nscore . of 9"]


def test_words_that_are_drawn_by_lot() -> None:
    """What two boards of a game have in common is chance where it is words that stand for each other elsewhere."""
    assert differs(_BOARDS, "1 5 . 9 . 3 2\n. 7 6 . 3 9 .\nscore . of 9") == ""


@pytest.mark.parametrize(
    "new",
    [
        "1 5 x . . 3 2\n. 7 6 . 3 9 .\nscore . of 9",  # no such word was ever drawn
        "1 5 3 . . 3 2\n. 7 6 . 3 9 .\nscore 7 of 9",  # a line in which nothing varies
        "1 5 . 9 . 3\n. 7 6 . 3 9 .\nscore . of 9",  # a word too few
    ],
)
def test_words_that_are_not_drawn(new: str) -> None:
    """Any other word, or the same ones in a line that does not vary, count."""
    assert "line" in differs(_BOARDS, new)


_LOG = '{} - - [27/Nov/2026:13:06:4{}] "GET {} HTTP/1.1" 404 469 0.{}\n'


def _logged(*answers: tuple[str, int], end: str = "") -> str:
    return "up\n" + "".join(_LOG.format("172.17.0.1", n, path, n) for path, n in answers) + end


@pytest.mark.parametrize(
    ("new", "alike"),
    [
        (_logged(("/a", 3), ("/b", 2)), True),
        (_logged(("/b", 4), ("/a", 4)), True),
        (_logged(("/a", 1), ("/a", 2)), False),
        (_logged(("/a", 1)), False),
        (_logged(("/a", 1), ("/b", 2), ("/c", 3)), False),
        (_logged(("/b", 1), end="up\n" + _logged(("/a", 2))), False),
        (_logged(("/a", 1), ("/b", 2)).replace('/b HTTP/1.1" 404', '/b HTTP/1.1" 500'), False),
    ],
)
def test_which_of_two_answers_is_logged_first_is_chance(new: str, *, alike: bool) -> None:
    """Each thread writes its own line; twins: what was answered counts, and other lines keep their place."""
    assert (differs([_logged(("/a", 1), ("/b", 2)), _logged(("/a", 3), ("/b", 5))], new) == "") is alike
    assert differs(["got /a\ngot /b", "got /a\ngot /b"], "got /b\ngot /a")
