"""The language server: one module per kind of request."""
