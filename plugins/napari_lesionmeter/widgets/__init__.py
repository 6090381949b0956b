"""Panels and the viewer: they show and ask, nothing else."""
