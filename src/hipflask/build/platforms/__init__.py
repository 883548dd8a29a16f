"""What differs from system to system: what surrounds the layers, and the installers."""
