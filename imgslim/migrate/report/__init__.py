"""The summary of a migration: as a table, as JSON, as Markdown and as a page."""

from __future__ import annotations

from imgslim.migrate.report.summary import Summary

__all__ = ["Summary"]
