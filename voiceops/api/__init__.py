"""HTTP: one file a resource, with its payloads and its routes."""
