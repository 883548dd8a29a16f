"""Crash reports: what goes wrong on the computers of others, written down for their persons to read and to send."""
