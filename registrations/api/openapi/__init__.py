"""The API described for machines and people (OpenAPI 3): each operation with its answers, refusals and examples."""
