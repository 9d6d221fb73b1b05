"""Commands that train a network, or measure one."""
