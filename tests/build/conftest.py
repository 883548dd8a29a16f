"""What the folders here have in common is in the modules beside this file, which makes them importable."""

from wine import makensis, windows

__all__ = ["makensis", "windows"]  # fixtures
