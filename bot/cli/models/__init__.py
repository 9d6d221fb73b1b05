"""Commands that draw with a model, or bring one."""
