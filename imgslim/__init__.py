"""Split a single-stage Dockerfile into a builder and a small runtime stage."""
