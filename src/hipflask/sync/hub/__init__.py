"""The hub: one PostgreSQL database of ordinary tables, and what replicas need beside them."""
