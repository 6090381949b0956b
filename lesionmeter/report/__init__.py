"""The model written to the world: tables, figures, pages."""
