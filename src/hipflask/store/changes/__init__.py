"""What changes in a file: captured by triggers, kept in a log, told by the feed."""
