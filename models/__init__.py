"""The networks that make pictures, what trains them and what runs them. Knows nothing of chats."""
