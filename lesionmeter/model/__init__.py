"""The nouns: what things are. Frozen values that know numpy and the standard library only."""
