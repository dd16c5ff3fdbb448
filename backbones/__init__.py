"""How the network that comes with Hondo is trained, and what it is worth: see README.md."""
