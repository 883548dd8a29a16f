"""The same functions without AWS: queues, schedules, buckets and topics on SQLite and in a folder."""
