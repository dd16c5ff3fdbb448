"""Augmentation: training pictures changed at random, anew in each epoch, so that a model learns what does not matter.

What is drawn depends on the seed, the epoch and the sample's number alone; how it is applied is one geometric transform
a picture, in threads.
"""
