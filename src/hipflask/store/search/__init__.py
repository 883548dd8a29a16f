"""Full-text search: an index that the file keeps up to date itself."""
