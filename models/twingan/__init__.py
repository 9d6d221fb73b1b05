"""TwinGAN (Li 2018, https://arxiv.org/abs/1809.00946): pictures of one domain become pictures of another.

One encoder and one generator serve all domains; what differs between domains is how their maps are normalised.
"""
