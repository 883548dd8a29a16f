"""Where a bundle's Python comes from: fetched by its hash, from a folder, or the one that is running."""
