"""Bundles: a program with everything that it runs on, and the releases that installed ones update to; see DESIGN.md."""
