"""Locales: the compiled ones that a program of glibc's asks for by name, and where they come along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.commands import Unfollowed, packages
from imgslim.planner.rpm import is_lesser
from imgslim.regex import regex
from imgslim.toolchains.gathered import is_utf8_of_c

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build

#: Where glibc of Debian, Ubuntu and Fedora has them (locale(5), FILES).
LOCALES = "/usr/lib/locale"
#: Many of them in one file (locale-gen(8), localedef(1)).
ARCHIVE = f"{LOCALES}/locale-archive"
#: Packages that hold compiled locales, or compile them: locales, locales-all, language-pack-de, glibc-langpack-de.
_PACKAGES = regex(r".*(locale|langpack|language-pack).*")
#: Of these the character set needs no module of the C library's (iconv(1), gconv-modules).
_UTF8 = regex(r".*\.utf-?8", 2)
_MESSAGES = "/usr/share/locale/%s/LC_MESSAGES/libc.mo"
_LANGUAGE = regex(r"\w+")


def locales(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged | Assumption]:
    """Lay out the builder's locales where a program asks for one, and say what that does not settle.

    Musl has none but its own, and takes every name for that. A target of the builder's family has what its base image
    has; one with a C library of its own may read another format.
    """
    needs = _asked(project, build, target)
    if not needs:
        return
    named = next((n for n in needs if not _UTF8.fullmatch(n.value)), None)
    if taken_whole(project, build, target):
        above = STAGING + LOCALES.rpartition("/")[0]
        copied = f"if [ -d {LOCALES} ]; then mkdir -p {above}; cp -a {LOCALES} {above}/; fi"
        yield Staged(copied, f"Locales, if there are any: {needs[0].why}")
        yield from _messages(needs, several="LANGUAGE" in project.trace.final.env)
    if not target.same_family and (named or target.name != "scratch"):
        yield Assumption("locale-unproven", f"{(named or needs[0]).why}; the target's locale data may differ.")
    elif named is not None and named.value == "*" and _made(build):
        yield Assumption("locale-unproven", f"{named.why}; the target's locale data may differ.")


def _messages(needs: list[Need], *, several: bool) -> Iterator[Staged]:
    """The C library's own messages in the language of a locale (strerror(3), gettext(3), "libc.mo").

    They are looked for by the locale's name without its character set, then by the language alone; LANGUAGE names any.
    """
    names = dict.fromkeys(n.value.split(".")[0].split("@")[0] for n in needs if not is_utf8_of_c(n.value))
    languages = [part for name in names for part in dict.fromkeys((name, name.split("_")[0]))]
    if several or "*" in languages:
        languages = ["*"]
    if languages and all(language == "*" or _LANGUAGE.fullmatch(language) for language in languages):
        files = " ".join(_MESSAGES % language for language in languages)
        copied = f'for f in {files}; do if [ -e "$f" ]; then cp -L --parents "$f" {STAGING}; fi; done'
        yield Staged(copied, f"Messages of the C library: {needs[0].why}")


def taken_whole(project: Project, build: Build, target: RuntimeTarget) -> bool:
    """Tell whether all locales of the builder go along: a run shows which one a computed name meant that time."""
    needs = _asked(project, build, target)
    wanted = bool(needs) if project.evidence.run is None else any(n.value == "*" for n in needs)
    return wanted and (target.same_family or _has_none(target))


def _has_none(target: RuntimeTarget) -> bool:
    """Tell whether a target holds no compiled locale: where its C library can't read the builder's, nothing is lost."""
    return target.name == "scratch" or (target.facts is not None and target.facts.distribution == "busybox")


def _asked(project: Project, build: Build, target: RuntimeTarget) -> list[Need]:
    """The needs that are the builder's to fill."""
    needs = build.needing(NeedKind.LOCALE)
    if not needs or (isinstance(project.base, ImageFacts) and project.base.libc is Libc.MUSL):
        return []
    lesser = is_lesser(project, target)
    return [n for n in needs if not _given(n, build, target, lesser=lesser)]


def _given(need: Need, build: Build, target: RuntimeTarget, *, lesser: bool) -> bool:
    """Tell whether a target of the builder's own family has the locale by itself."""
    return target.same_family and (is_utf8_of_c(need.value) or not (lesser or _made(build)))


def _made(build: Build) -> bool:
    """Tell whether a step may have brought locales that the base image lacks."""
    return any(isinstance(r.effect, Unfollowed) for r in build.ran) or any(
        _PACKAGES.fullmatch(name) for name in packages(r.effect for r in build.ran)
    )
