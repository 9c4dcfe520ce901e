"""A reader of CMake projects: which targets are built, from what, and where they land (CMake 3 reference)."""
