"""The famous networks by name, with ImageNet's weights or none, each with the preprocessing that belongs to it."""
