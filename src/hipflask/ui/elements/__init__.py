"""The elements, one file each."""
