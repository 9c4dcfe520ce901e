"""Tests of imgslim."""
