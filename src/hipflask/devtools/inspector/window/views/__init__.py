"""The views, one file for each: `draw(inspection, …)` draws it into the frame."""
