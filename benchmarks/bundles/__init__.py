"""What `bundle.py` and `update_size.py` have in common: the programs, who builds them, and how a built one is looked at."""
