"""The fundamentals of deep learning written from nothing, in NumPy, to be read.

Every concept of the guide's theory is here as a few lines of plain code, checked against Keras, SciPy and finite
differences. It is the code to read and to take apart; to train on real problems there is :func:`hondo.fit`.

``python -m hondo.scratch`` lists what is here and where to begin. The order of reading:

1. ``tensors``: rank, shape, strides, reshape, transpose, broadcasting, indexing
2. ``neuron``: the weighted sum, the perceptron, linear and logistic regression
3. ``activations`` and ``losses``, each with its derivative
4. ``descent``: optimizers, schedules, when to stop, and landscapes to try them on
5. ``initialization``: how weights begin
6. ``layers``: dense, convolution, pooling, dropout, batch normalisation, the residual sum
7. ``networks``: backpropagation with matrices and with a graph, training, and what becomes of signals in deep networks
8. ``trace``: every number of a training step with its formula, forwards, backwards, and beside a twin
"""
