"""Replicas of a store, and the hub that they meet in: who may have which row, who wins, and how nothing is lost on the way."""
