"""Training compiled whole: chunks of steps in one call, with Keras's own semantics and a Keras-shaped history."""
