"""StyleGAN2 with adaptive augmentation, written from the papers.

Karras et al. 2019 (https://arxiv.org/abs/1812.04948), 2020 (https://arxiv.org/abs/1912.04958), 2020
(https://arxiv.org/abs/2006.06676). Modules and parameters have the names of the files that people exchange.
"""
