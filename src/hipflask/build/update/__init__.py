"""What an installed program does about new releases: finds, verifies, installs them, and goes back where one does not start."""
