"""The same stock of items for everybody: a hub and devices of ours, each a process, and scripts for the peers."""
