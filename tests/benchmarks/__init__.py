"""Measurements, as ratios to a peer that runs beside them: ``python -m tests.benchmarks``."""
