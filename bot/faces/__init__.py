"""What the face commands share: wishes as labels, recipes as requests, one face that changes by degrees."""
