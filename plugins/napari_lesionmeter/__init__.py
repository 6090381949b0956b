"""The napari plugin of lesionmeter."""
