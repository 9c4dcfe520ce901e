"""What the planner says of one version of a document; nothing here knows the protocol or the event loop."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from imgslim.diagnostics import Diagnostic, of_error, of_outcome
from imgslim.errors import NESTS_TOO_DEEPLY, InputError, UsageError
from imgslim.lsp.evidence import Evidence
from imgslim.lsp.offers import Offer
from imgslim.model import Declined, Plan, Unchanged
from imgslim.planner.choose import choose
from imgslim.reasons import Kind
from imgslim.records import dataclass, field
from imgslim.service import Options, Prepared, configured, prepare
from imgslim.sources import find_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.lsp.documents import Document
    from imgslim.model import Outcome

#: Characters of a document that is still read: hundreds of times an ordinary Dockerfile.
LIMIT = 1 << 17

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Analysis:
    """One version of a document with everything that was found out about it so far."""

    document: Document
    evidence: Evidence
    diagnostics: tuple[Diagnostic, ...] = ()
    #: Why there is no rewrite at all; None where there is one, or the text could not be read or planned.
    declined: Declined | None = None
    #: The rewrite that the diagnostics speak of.
    chosen: Offer | None = None
    #: The targets that it was chosen from, as ``--target`` takes them.
    order: tuple[str, ...] = ()
    prepared: Prepared | None = None
    options: Options = field(default_factory=Options)
    #: What becomes of the file on each target; None until it is asked for.
    offers: tuple[Offer, ...] | None = None

    @property
    def settled(self) -> bool:
        """False while the chosen rewrite is a plan alone, which may be refused when it is written as text."""
        return self.chosen is None or self.chosen.written is not None

    def is_of(self, document: Document) -> bool:
        """Tell whether it would come out the same for ``document`` now."""
        return self.document.text == document.text and self.document.uri == document.uri and self.evidence.holds()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the editor's user would like; a project whose configuration chooses between targets is not overruled."""

    #: As ``--target``.
    target: str = ""
    #: As ``--prefer``.
    prefer: str = ""


def analyse(document: Document, before: Analysis | None = None, wishes: Wishes | None = None) -> Analysis:
    """Read and plan a document; whatever goes wrong becomes a diagnostic.

    ``before`` is an analysis of another version of it: what that read from disk is not read again, if it still holds.
    """
    path = document.path
    kept = before is not None and before.evidence.path == path and before.evidence.holds()
    analysis = Analysis(document, before.evidence if before is not None and kept else Evidence(path))
    if len(document.text) > LIMIT:
        message = f"The text has more than {LIMIT:,} characters and is not looked at."
        analysis.diagnostics = (Diagnostic("too-large", Kind.DECLINED, message, None, "A Dockerfile is smaller."),)
        return analysis
    _guarded(analysis, lambda: _plan(analysis, wishes or Wishes()))
    return analysis


def settle(analysis: Analysis) -> None:
    """Write the chosen rewrite as text; where that refuses it, the diagnostics say so instead."""
    chosen = analysis.chosen
    if chosen is not None and not _guarded(analysis, lambda: _write(analysis, chosen)):
        analysis.chosen = None


def _guarded(analysis: Analysis, work: Callable[[], None]) -> bool:
    """Do some of the work; False where it failed, which the diagnostics then say."""
    document = analysis.document
    try:
        work()
    except InputError as error:
        analysis.diagnostics = (of_error(error),)
    except UsageError as error:
        analysis.diagnostics = (Diagnostic(error.code, Kind.ERROR, str(error), None, error.hint),)
    except RecursionError:
        analysis.diagnostics = (Diagnostic("too-deep", Kind.ERROR, NESTS_TOO_DEEPLY, None),)
    except OSError as error:
        message = f"{error.filename or 'a file'}: {error.strerror}."
        analysis.diagnostics = (Diagnostic("system-refused", Kind.ERROR, message, None),)
    except Exception as error:  # noqa: BLE001  (a fault of ours must not end the server, nor stay unseen)
        _log.exception("version %s of %s was not understood", document.version, document.uri)
        message = f"imgslim failed on this text ({type(error).__name__}); its log says where."
        analysis.diagnostics = (Diagnostic("internal-error", Kind.ERROR, message, None),)
    else:
        return True
    return False


def _plan(analysis: Analysis, wishes: Wishes) -> None:
    _diagnose(analysis, _answer(analysis, wishes))


def _answer(analysis: Analysis, wishes: Wishes) -> Plan | Declined | Unchanged:
    document, evidence = analysis.document, analysis.evidence
    path = document.path
    settings = evidence.configure()
    if settings.target or settings.prefer:
        wishes = Wishes()
    options = analysis.options = configured(settings, wishes.target, prefer=wishes.prefer)
    given = settings.context_of(path) if path is not None else None
    found = find_context(given, document.text, path, opened=evidence.opened)
    if isinstance(found, Declined):
        return found
    prepared = prepare(document.text, found.context, options)
    if not isinstance(prepared, Prepared):
        return prepared
    analysis.prepared = prepared
    project, findings, drafts = prepared.project, prepared.findings, prepared.drafts
    answer, _, analysis.order = choose(project, findings, options.target, options.libc, drafts, prefer=options.prefer)
    if isinstance(answer, Plan):
        analysis.chosen = Offer(
            answer.target.name, answer.target.reference, chosen=True, answer=answer, prepared=prepared
        )
    return answer


def _write(analysis: Analysis, chosen: Offer) -> None:
    written = chosen.rewrite()
    if isinstance(written, Declined):
        _diagnose(analysis, written)


def _diagnose(analysis: Analysis, outcome: Outcome | Plan) -> None:
    analysis.declined = outcome if isinstance(outcome, Declined) else None
    settings, path = analysis.evidence.settings, analysis.document.path
    if path is None or not settings.excludes(path):
        analysis.diagnostics = of_outcome(analysis.document.text, outcome, settings.ignore)
