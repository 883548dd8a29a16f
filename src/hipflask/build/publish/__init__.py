"""What the publisher of a program does: keys, a signed repository of releases, a page to download from."""
