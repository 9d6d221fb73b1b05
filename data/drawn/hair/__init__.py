"""Hair: locks in three dimensions, the styles made of them, and how they are painted."""
