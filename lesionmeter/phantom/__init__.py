"""Hands with known deposits and known change."""
