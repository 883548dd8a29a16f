"""What stands behind `changes.py`: what kinds of resources are called, what replaces them, and what they may do."""
