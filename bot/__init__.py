"""The running bot: one asyncio process that routes commands to the worker pool."""
