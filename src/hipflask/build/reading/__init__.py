"""From a folder to a `Project`: which program is meant, what its pyproject.toml says, which files belong to it."""
