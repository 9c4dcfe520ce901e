"""What the instructions mean: scopes, stages, and the trace of everything a build runs."""
