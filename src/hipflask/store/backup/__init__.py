"""Looking after a file: backups, restoring, checking, and the keeper's chores."""
