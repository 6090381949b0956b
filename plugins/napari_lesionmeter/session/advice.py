"""What a reader can do where the program could not."""

from __future__ import annotations

from textwrap import wrap

REFUSED = (
    "What helps: its hand or polarity, if wrong (Study); landmarks that are off (V, drag); else outline by hand and "
    "link (C, Enter, I)"
)
"""What helps where a registration was refused."""


def refused(reason: str, width: int) -> str:
    """Why a film is not registered, and what helps, in lines of at most `width` letters.

    Examples
    --------
    >>> print(refused("expected the same hand on both films", 60))
    ✗ Not registered: expected the same hand on both films
    What helps: its hand or polarity, if wrong (Study);
    landmarks that are off (V, drag); else outline by hand and
    link (C, Enter, I)
    """
    return "\n".join([*wrap(f"✗ Not registered: {reason}", width), *wrap(REFUSED, width)])
