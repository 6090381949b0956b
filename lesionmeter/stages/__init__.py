"""The acts: pure functions from model to model, one a file; no act knows another."""
