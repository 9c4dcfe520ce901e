"""A reader of Meson projects: targets, their sources, links and places (Meson reference manual)."""
