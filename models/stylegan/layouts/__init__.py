"""How other programs lay a StyleGAN2 out in a file, brought to the names and shapes of `models.stylegan`."""
