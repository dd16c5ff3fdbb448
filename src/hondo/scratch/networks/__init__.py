"""Networks: layers in a chain, backpropagation told twice more (with matrices, with a graph), and training."""
