"""``ImageDataGenerator``, which Keras 3 no longer offers and every book still uses.

The arguments, the draws and the pictures are those of Keras's old class; a batch is worked on at once, in threads.
"""
