"""`hipflask dashboard URL…`: a window over the figures that running servers and hubs give at `/metrics`, itself made of window functions."""
