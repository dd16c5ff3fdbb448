"""How each kind of layer, loss and optimizer explains the numbers that it made."""
