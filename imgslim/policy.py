"""What may be written without a person's look."""

from __future__ import annotations

from imgslim.model import Applicability


def may_write(applicability: Applicability, *, verified: bool, unsafe: bool) -> bool:
    """Only SAFE plans, verified ones, or what the user took the risk for (``--unsafe``)."""
    return verified or unsafe or applicability is Applicability.SAFE
