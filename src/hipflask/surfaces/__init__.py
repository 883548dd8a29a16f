"""How people reach an action: one adapter for each way, none of which knows another."""
