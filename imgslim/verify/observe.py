"""Run an image once, by its own ENTRYPOINT and CMD, and write down what a user would see."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from imgslim.engine.container import StartFailed
from imgslim.engine.options import RunOptions
from imgslim.records import replace
from imgslim.verify.facts import MUST_BE_KILLED, Fact, Observation, Plan
from imgslim.verify.mask import Sample
from imgslim.verify.servers import (
    Ports,
    ask_probes,
    converse,
    demand,
    named_ports,
    port_fact,
    run_commands,
)
from imgslim.verify.settle import Settled, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.engine.capture import Capture
    from imgslim.engine.container import Container
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.options import Limits
    from imgslim.engine.session import Session
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.probes import RunProbe, TextProbe

#: Seconds that an idle program is given to open the ports that it is expected to.
_PATIENCE = 10.0
#: Seconds for a program's output about the last request to arrive.
_LOG_DELAY = 0.15
#: Failed checks before a container is unhealthy, where HEALTHCHECK does not say (Docker's default).
_RETRIES = 3
#: Seconds to spare when waiting for a health check's result.
_HEALTH_SLACK = 8.0
#: Seconds that a program gets to end where the original does not end at all.
_KILL_SOON = 1.0
#: Nanoseconds in a second.
_NANO = 1_000_000_000


def observe(
    session: Session,
    image: BuiltImage,
    run: RunProbe,
    options: VerifyOptions,
    plan: Plan | None = None,
    *,
    start_as: Callable[[BuiltImage, RunOptions, Limits], Container] | None = None,
    before_stop: Callable[[], None] | None = None,
) -> Observation:
    """Run ``image`` and note what it shows; without a ``plan`` (first run of the original) make one.

    ``start_as`` starts it in another way than the session's; ``before_stop`` is called when all has been asked of a
    program that keeps running.
    """
    exposed = image.config.exposed_tcp
    wanted = exposed | run.ports
    start = RunOptions(
        args=run.args,
        env=(*options.env, *run.env),
        stdin=run.stdin,
        network="" if options.network == "default" else options.network,
        platform=options.build.platform,
        publish=wanted | (plan.ports if plan is not None else frozenset()),
    )
    try:
        container = (start_as or session.start)(image, start, options.limits)
    except StartFailed as failed:
        return Observation(str(failed), (), plan or Plan(0.0, is_running=False))
    timeout = run.timeout if run.timeout is not None else options.timeout
    with container:
        if plan is None:
            settled = settle(container, timeout, wanted, _PATIENCE)
        else:
            # The machine may be busier than it was: a run that is only slower is given its time.
            limit = max(timeout, min(3 * plan.seconds + 5, 2 * timeout))
            settled = settle(container, limit, plan.ports, max(_PATIENCE, 2 * plan.seconds))
        bound = _bound(container, settled, options)
        if not settled.state.is_running:
            seen = _ended(container, image, run, settled, plan)
        else:
            seen = _running(container, image, run, options, settled=settled, plan=plan, before_stop=before_stop)
        return replace(seen, bound=bound)


def _bound(container: Container, settled: Settled, options: VerifyOptions) -> str:
    """Which of the bounds of a run a program met."""
    if settled.state.is_oom_killed:
        return f"{options.limits.memory} of memory (--memory gives it more)"
    if settled.state.is_running and container.is_crowded():
        return f"{options.limits.pids} processes"
    return ""


def _ended(container: Container, image: BuiltImage, run: RunProbe, settled: Settled, plan: Plan | None) -> Observation:
    """Note how a program ended by itself."""
    code = settled.state.exit_code
    why = " (out of memory)" if settled.state.is_oom_killed else ""
    facts = [Fact("exit", "exit", Sample(f"exits with {code}{why}")), *_outputs(container, run)]
    facts += run_commands(container, run, {}, image.id)
    if run.exit is not None:
        facts.append(demand("exit", "" if code == run.exit else f"exits with {code}, not {run.exit}"))
    return Observation("", tuple(facts), plan or Plan(settled.seconds, is_running=False), code)


def _running(
    container: Container,
    image: BuiltImage,
    run: RunProbe,
    options: VerifyOptions,
    *,
    settled: Settled,
    plan: Plan | None,
    before_stop: Callable[[], None] | None,
) -> Observation:
    """Ask a program that keeps running, then stop it."""
    exposed = image.config.exposed_tcp
    facts = [Fact("exit", "exit", Sample("keeps running"))]
    ports: Ports
    if settled.listeners is None:
        ports = {str(port): port for port in sorted(exposed | (plan.ports if plan is not None else frozenset()))}
    else:
        ports = named_ports(settled.listeners, exposed)
        udp = frozenset(int(one.split("/")[0]) for one in image.config.exposed_ports if one.endswith("/udp"))
        facts.append(port_fact(settled.listeners, udp, exposed))
    services, answers = converse(container, ports, plan.services if plan is not None else None, options.pages)
    facts += answers
    facts += ask_probes(container, run, ports)
    facts += run_commands(container, run, ports, image.id)
    if not image.config.health.is_none:
        facts.append(_health(container, image))
    if run.exit is not None:
        facts.append(demand("exit", f"keeps running, does not exit with {run.exit}"))
    facts += _outputs(container, run, is_flowing=settled.is_flowing)
    if before_stop is not None:
        before_stop()
    signal = image.config.stop_signal or "SIGTERM"
    asked = time.monotonic()
    ended = container.stop(signal, plan.stop_seconds if plan is not None else options.stop_timeout)
    facts.append(Fact("signal", "signal", Sample(f"exits with {ended.exit_code}" if ended else MUST_BE_KILLED)))
    if plan is None:
        fixed = frozenset(port for label, port in ports.items() if not label.startswith("random"))
        taken = time.monotonic() - asked
        patience = options.stop_timeout + 2 * taken if ended else min(_KILL_SOON, options.stop_timeout)
        plan = Plan(settled.seconds, is_running=True, services=services, ports=fixed, stop_seconds=patience)
    return Observation("", tuple(facts), plan)


def _outputs(container: Container, run: RunProbe, *, is_flowing: bool | None = None) -> Iterator[Fact]:
    """Both output streams, and what is demanded of them; ``is_flowing`` is None for a program that ended."""
    if is_flowing is not None:
        time.sleep(_LOG_DELAY)
    for name, stream, probes in (
        ("stdout", container.stdout, run.stdout),
        ("stderr", container.stderr, run.stderr),
    ):
        text = _text(stream)
        flows = bool(is_flowing) or stream.dropped > 0
        yield Fact(name, "output", Sample(text, is_running=is_flowing is not None, is_flowing=flows))
        for number, probe in enumerate(probes, 1):
            yield demand(f"probe {number}: {name}", _unmet(probe, text))


def _text(stream: Capture) -> str:
    """A stream's text; of one that was too long to keep, the beginning."""
    return stream.head().decode("utf-8", "backslashreplace")


def _unmet(probe: TextProbe, text: str) -> str:
    """What a stream lacks of what is demanded; "" where nothing."""
    if probe.contains and probe.contains not in text:
        return f"lacks {probe.contains!r}"
    if probe.regex and re.search(probe.regex, text, re.MULTILINE) is None:
        return f"nothing matches {probe.regex!r}"
    return ""


def _health(container: Container, image: BuiltImage) -> Fact:
    """Wait until HEALTHCHECK has come to a result."""
    check = image.config.health
    seconds = (check.retries or _RETRIES) + min(check.start_period / _NANO, _PATIENCE) + _HEALTH_SLACK
    end = time.monotonic() + seconds
    while (state := container.state()).is_running and state.health == "starting" and time.monotonic() < end:
        time.sleep(0.1)
    return Fact("health", "health", Sample(state.health))
