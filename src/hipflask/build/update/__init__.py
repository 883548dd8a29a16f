"""The update client: how an installed program looks for newer releases, verifies and installs them; see `updater.py`."""
