"""The Docker engine: connect, build, inspect, run; nothing else in the package starts a process."""
