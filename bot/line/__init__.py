"""A command line as members type it, read: options by name or by place, and wishes in a member's own words."""
