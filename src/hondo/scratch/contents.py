"""What is here and in which order to read it: the map that ``python -m hondo.scratch`` prints.

A test holds that every module is on the map and every module on the map exists.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hondo.core.language import tr


@dataclass(frozen=True)
class Topic:
    """A room of this package.

    Attributes:
        folder: its name.
        about: what one learns there.
        modules: in the order of reading, each with what it shows.
    """

    folder: str
    about: Callable[[], str]
    modules: tuple[tuple[str, Callable[[], str]], ...]


TOPICS = (
    Topic(
        "tensors",
        lambda: tr("numbers in memory and the shapes we see in them", "números en memoria y las formas que vemos"),
        (
            ("moved", lambda: tr("where each element came from", "de dónde vino cada elemento")),
            (
                "shape",
                lambda: tr("rank, shape, strides, reshape, transpose", "rango, forma, saltos, reshape, transpose"),
            ),
            ("broadcasting", lambda: tr("different shapes together", "formas distintas a la vez")),
            ("indexing", lambda: tr("views and copies", "vistas y copias")),
        ),
    ),
    Topic(
        "neuron",
        lambda: tr("one neuron and how it learns", "una neurona y cómo aprende"),
        (
            ("neuron", lambda: tr("weights, bias, weighted sum", "pesos, sesgo, suma ponderada")),
            ("perceptron", lambda: tr("a line found by mistakes; XOR", "una recta hallada a base de errores; XOR")),
            ("linear_regression", lambda: tr("solved and walked", "resuelta y recorrida")),
            ("logistic_regression", lambda: tr("an answer that is a probability", "una respuesta que es probabilidad")),
        ),
    ),
    Topic(
        "activations",
        lambda: tr("what a neuron answers, with derivatives", "lo que responde una neurona, con derivadas"),
        (
            ("piecewise", lambda: tr("step, linear, ReLU, leaky ReLU", "escalón, lineal, ReLU, leaky ReLU")),
            ("smooth", lambda: tr("sigmoid, tanh, softplus, ELU, GELU", "sigmoide, tanh, softplus, ELU, GELU")),
            (
                "softmax",
                lambda: tr("scores to probabilities, safely", "de puntuaciones a probabilidades, sin desbordar"),
            ),
            ("catalogue", lambda: tr("all by name", "todas por su nombre")),
        ),
    ),
    Topic(
        "losses",
        lambda: tr("how wrong a prediction is, with gradients", "cuánto se equivoca una predicción, con gradientes"),
        (
            ("regression", lambda: tr("squared, absolute, Huber", "cuadrática, absoluta, Huber")),
            ("classification", lambda: tr("cross-entropies, hinge", "entropías cruzadas, hinge")),
            ("from_logits", lambda: tr("softmax + cross-entropy = p - y", "softmax + entropía cruzada = p - y")),
            ("catalogue", lambda: tr("all by name", "todas por su nombre")),
        ),
    ),
    Topic(
        "descent",
        lambda: tr("going downhill", "bajar la cuesta"),
        (
            ("schedules", lambda: tr("learning rates that change", "tasas de aprendizaje que cambian")),
            (
                "optimizers",
                lambda: tr("SGD, momentum, Nesterov, RMSprop, Adam", "SGD, momento, Nesterov, RMSprop, Adam"),
            ),
            ("surfaces", lambda: tr("bowl, ravine, Rosenbrock, saddle …", "cuenco, barranco, Rosenbrock, silla …")),
            ("stopping", lambda: tr("when it is enough", "cuándo basta")),
            ("gradient_descent", lambda: tr("batch, stochastic, mini-batch", "por lotes, estocástico, minilotes")),
        ),
    ),
    Topic(
        "initialization",
        lambda: tr("how weights begin", "cómo empiezan los pesos"),
        (("initializers", lambda: tr("zeros, normal, Glorot, He", "ceros, normal, Glorot, He")),),
    ),
    Topic(
        "layers",
        lambda: tr("forwards and backwards", "hacia delante y hacia atrás"),
        (
            ("layer", lambda: tr("what all layers can do", "lo que sabe hacer toda capa")),
            ("dense", lambda: tr("every output hears every input", "cada salida oye cada entrada")),
            ("simple", lambda: tr("activation, softmax, flatten", "activación, softmax, aplanado")),
            ("windows", lambda: tr("kernel, stride, padding", "núcleo, paso, relleno")),
            ("convolution", lambda: tr("a neuron slides over a picture", "una neurona recorre una imagen")),
            ("pooling", lambda: tr("maximum and average", "máximo y media")),
            ("dropout", lambda: tr("silenced at random", "silenciadas al azar")),
            ("batch_normalization", lambda: tr("mean 0, variance 1", "media 0, varianza 1")),
            ("chain", lambda: tr("layers in a row", "capas en fila")),
            ("residual", lambda: tr("a way around", "un rodeo")),
            ("penalties", lambda: tr("L1 and L2", "L1 y L2")),
        ),
    ),
    Topic(
        "networks",
        lambda: tr("backpropagation, twice, and training", "retropropagación, dos veces, y entrenamiento"),
        (
            ("backpropagation", lambda: tr("with matrices, nothing hidden", "con matrices, sin nada oculto")),
            ("autodiff", lambda: tr("with a graph, on a page", "con un grafo, en una página")),
            ("network", lambda: tr("an MLP and a CNN", "un MLP y una CNN")),
            ("training", lambda: tr("epochs, validation, early stopping", "épocas, validación, parada temprana")),
            ("signals", lambda: tr("signals through ten layers", "señales a través de diez capas")),
        ),
    ),
    Topic(
        "trace",
        lambda: tr("every number of a training step", "cada número de un paso de entrenamiento"),
        (
            ("symbols", lambda: tr("names and arithmetic in LaTeX", "nombres y aritmética en LaTeX")),
            ("step", lambda: tr("what a trace is made of; JSON", "de qué está hecha una traza; JSON")),
            ("places", lambda: tr("which letter for which array", "qué letra para qué array")),
            (
                "explain",
                lambda: tr("layers, losses, optimizers explain", "capas, pérdidas y optimizadores se explican"),
            ),
            ("record", lambda: tr("write everything down", "anotarlo todo")),
            ("replay", lambda: tr("forwards and backwards like a film", "adelante y atrás como una película")),
            ("twins", lambda: tr("one setting changed", "un solo ajuste cambiado")),
        ),
    ),
)
