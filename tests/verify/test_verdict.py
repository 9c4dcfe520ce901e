"""A verdict becomes JSON."""

from __future__ import annotations

import json

from imgslim.engine.images import Layer
from imgslim.verify.verdict import ProbeResult, Status, Verdict


def test_json() -> None:
    """Every field is there, and only values that JSON has."""
    verdict = Verdict(
        Status.DIFFERS,
        10,
        5,
        (ProbeResult("exit", "exit", holds=False, before="exits with 0", after="exits with 1", message="other"),),
        ("note",),
        (Layer("RUN x", 10),),
        (Layer("COPY y", 5),),
        "exit: other",
    )
    assert json.loads(json.dumps(verdict.to_json())) == {
        "status": "differs",
        "before_bytes": 10,
        "after_bytes": 5,
        "message": "exit: other",
        "probes": [
            {
                "name": "exit",
                "kind": "exit",
                "holds": False,
                "before": "exits with 0",
                "after": "exits with 1",
                "message": "other",
            }
        ],
        "notes": ["note"],
        "rungs": [],
        "layers": {
            "before": [{"created_by": "RUN x", "size": 10}],
            "after": [{"created_by": "COPY y", "size": 5}],
        },
    }
    assert not verdict.holds
    assert Verdict(Status.HOLDS).holds
