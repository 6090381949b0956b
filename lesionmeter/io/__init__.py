"""The world read into the model: the only files that know a format."""
