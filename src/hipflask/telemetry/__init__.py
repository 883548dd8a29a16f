"""What `core.tracing` tells, for those who watch over many programs: a collector, Prometheus, structured logs. Off by default."""
