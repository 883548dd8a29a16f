"""Every claim of speed in the README, measured beside a peer in the same run; `README.md` says how."""
