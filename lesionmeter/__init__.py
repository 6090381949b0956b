"""Measure calcinosis on serial hand radiographs, and say whether a change is real."""
