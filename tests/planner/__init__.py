"""The planner: what is decided, and on what grounds."""
