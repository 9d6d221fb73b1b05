"""Which faces look alike: embeddings of the faces that the bot knows, kept by name, and the nearest of them."""
