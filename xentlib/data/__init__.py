"""Data: what is published, as arrays."""
