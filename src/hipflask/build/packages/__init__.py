"""Which packages a bundle has, and their files: chosen by uv for a target that need not be here, locked, installed, pruned."""
