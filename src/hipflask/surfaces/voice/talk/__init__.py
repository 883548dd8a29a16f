"""The simulator: somebody types what would be said, and hears what the vendors would say of the app's answer."""
