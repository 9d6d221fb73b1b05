"""The GPU worker pool: runs requests in worker processes, fairly, in batches, and outlives their deaths."""
