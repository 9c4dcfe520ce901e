"""Configuration files and pragmas."""
