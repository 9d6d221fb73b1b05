"""Pictures in, pictures understood, training sets out."""
