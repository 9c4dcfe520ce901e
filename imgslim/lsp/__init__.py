"""The language server: diagnostics, code actions and hovers over the same core as the command line.

One module per kind of request. ``server`` wires them, ``protocol`` and ``documents`` keep what the client sends,
``desk`` lets the planner work beside the event loop, ``analysis`` is what it says of one version of a document and
``ahead`` what it does while nobody asks.
"""
