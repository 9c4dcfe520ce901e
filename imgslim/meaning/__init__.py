"""What the instructions mean: scopes, stages, and the trace of everything a build runs."""

from __future__ import annotations

from imgslim.meaning.base import BaseState
from imgslim.meaning.build_trace import trace, whole_trace
from imgslim.meaning.effects import Files
from imgslim.meaning.stages import Stage, base_in, base_reference, chain, last_base, stages
from imgslim.meaning.wrappers import directory_option, unwrap

__all__ = [
    "BaseState",
    "Files",
    "Stage",
    "base_in",
    "base_reference",
    "chain",
    "directory_option",
    "last_base",
    "stages",
    "trace",
    "unwrap",
    "whole_trace",
]
