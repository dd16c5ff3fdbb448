"""What the playground's controls are called and what they do, in the reader's language."""

from typing import Any

from hondo.core.language import language, tr

INPUT_NAMES = {
    "x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1x2": "x₁x₂", "sin(x1)": "sin x₁", "sin(x2)": "sin x₂",
}  # fmt: skip


def label(name: str) -> str:
    """What a control is called."""
    return _controls()[name][0]


def help_of(name: str) -> str:
    """What a control does, in a sentence or two."""
    return _controls()[name][1]


def data_names() -> dict[str, str]:
    """The sets of points."""
    return {
        "circle": tr("circle", "círculo"), "xor": "XOR", "gaussians": tr("clouds", "nubes"),
        "spiral": tr("spiral", "espiral"), "moons": tr("moons", "lunas"), "plane": tr("plane", "plano"),
        "gaussian_mix": tr("hills", "colinas"), "own": tr("your own", "propios"),
    }  # fmt: skip


def value_text(name: str, value: Any) -> str:
    """A setting's value as a reader sees it."""
    if name == "inputs":
        return ", ".join(INPUT_NAMES[each] for each in value)
    if name == "hidden":
        return " · ".join(map(str, value)) if value else tr("none", "ninguna")
    if name in ("noise", "train_share"):
        return f"{value:.0%}"
    if isinstance(value, float):
        return f"{value:g}"
    return _VALUES.get(str(value), lambda: str(value))()


def stop_names() -> dict[str, str]:
    """The conditions by which playing ends."""
    return {
        "never": tr("never", "nunca"),
        "epochs": tr("after so many epochs", "tras tantas épocas"),
        "train_loss": tr("training loss ≤", "pérdida de entrenamiento ≤"),
        "test_loss": tr("test loss ≤", "pérdida de prueba ≤"),
        "train_score": tr("training accuracy or R² ≥", "exactitud o R² de entrenamiento ≥"),
        "test_score": tr("test accuracy or R² ≥", "exactitud o R² de prueba ≥"),
    }


def speed_name(speed: str) -> str:
    """So many steps or epochs a frame."""
    number, epochs = int(speed[:-1]), speed.endswith("e")
    if number == 1:
        return tr("1 epoch", "1 época") if epochs else tr("1 batch", "1 lote")
    shown = f"{number:,}" if language() == "en" else f"{number:,}".replace(",", " ")
    return f"{shown} {tr('epochs', 'épocas') if epochs else tr('batches', 'lotes')}"


def stage_labels() -> dict[str, str]:
    """The texts of the stage."""
    return {
        "language": language(),
        "network": tr("The network; every neuron is a button, every line a weight to click",
                      "La red; cada neurona es un botón y cada línea, un peso que se puede pulsar"),
        "map": tr("What the network says all over the plane", "Lo que dice la red en todo el plano"),
        "losses": tr("Losses over the steps", "Pérdidas a lo largo de los pasos"),
        "epochs": tr("epochs", "épocas"), "steps": tr("steps", "pasos"),
        "train": tr("training", "entrenamiento"), "test": tr("test", "prueba"),
        "loss": tr("loss", "pérdida"), "accuracy": tr("accuracy", "exactitud"),
        "weight": tr("Weight", "Peso"), "bias": tr("bias", "sesgo"), "from": tr("from", "desde"),
        "input": tr("input", "entrada"), "output": tr("output", "salida"),
        "neuron": tr("neuron {unit} of layer {layer}", "neurona {unit} de la capa {layer}"),
        "rewind": tr("rewind", "rebobinar"), "close": tr("Close", "Cerrar"),
        "look": tr("Show this network", "Mostrar esta red"),
        "dead": tr("Dead neurons (dashed): {count}. They are 0 at every training point and learn nothing.",
                   "Neuronas muertas (en trazos): {count}. Valen 0 en todos los puntos y no aprenden nada."),
        "apart": tr("They disagree on {share} of the plane", "Discrepan en el {share} del plano"),
        "apartNumbers": tr("Mean distance between them: {share}", "Distancia media entre ellas: {share}"),
    }  # fmt: skip


_VALUES = {
    "none": lambda: tr("none", "ninguna"),
    "relu": lambda: "ReLU",
    "sigmoid": lambda: tr("sigmoid", "sigmoide"),
    "linear": lambda: tr("linear", "lineal"),
    "sgd": lambda: "SGD",
    "momentum": lambda: tr("momentum", "momento"),
    "rmsprop": lambda: "RMSprop",
    "adam": lambda: "Adam",
    "l1": lambda: "L1",
    "l2": lambda: "L2",
    "uniform": lambda: tr("uniform ±0.5", "uniforme ±0.5"),
    "normal": lambda: "normal",
    "glorot_uniform": lambda: tr("Glorot, uniform", "Glorot uniforme"),
    "glorot_normal": lambda: tr("Glorot, normal", "Glorot normal"),
    "he_uniform": lambda: tr("He, uniform", "He uniforme"),
    "he_normal": lambda: tr("He, normal", "He normal"),
}


def _controls() -> dict[str, tuple[str, str]]:
    return {**_acting(), **_of_data(), **_of_learning(), **_of_views()}


def _acting() -> dict[str, tuple[str, str]]:
    return {
        "play": (tr("play", "iniciar"), tr("Train until paused.", "Entrena hasta que se pause.")),
        "step": (tr("step", "paso"), tr("One batch or one epoch at a time.", "Un lote o una época cada vez.")),
        "reset": (tr("reset", "reiniciar"),
                  tr("Back to the same first weights.", "Vuelve a los mismos pesos iniciales.")),
        "speed": (tr("speed, a frame", "velocidad por imagen"),
                  tr("How much is trained between two pictures. An epoch sees every training point once.",
                     "Cuánto se entrena entre dos imágenes. Una época ve todos los puntos una vez.")),
        "stop": (tr("stop", "detenerse"),
                 tr("When playing ends by itself. It is looked at after each epoch.",
                    "Cuándo se detiene por sí solo. Se comprueba tras cada época.")),
        "rewind": (tr("rewind", "rebobinar"),
                   tr("Go back to any moment; playing goes on from there.",
                      "Vuelva a cualquier momento; al iniciar se continúa desde ahí.")),
    }  # fmt: skip


def _of_data() -> dict[str, tuple[str, str]]:
    return {
        "data": (tr("data", "datos"),
                 tr("The points to learn. Plane and hills are numbers to predict, the others classes.",
                    "Los puntos que se aprenden. El plano y las colinas son números; los demás, clases.")),
        "noise": (tr("noise", "ruido"),
                  tr("Blurs the border between the classes, so that some points lie on the wrong side.",
                     "Difumina la frontera entre las clases: algunos puntos quedan del lado equivocado.")),
        "train_share": (tr("training share", "parte para entrenar"),
                        tr("The share of the points that is learnt from. The rest tests.",
                           "La parte de los puntos de la que se aprende. El resto sirve de prueba.")),
        "batch_size": (tr("batch size", "tamaño del lote"),
                       tr("Points a step. Small batches make many noisy steps, large ones few smooth ones.",
                          "Puntos por paso. Lotes pequeños: muchos pasos ruidosos; grandes: pocos y suaves.")),
        "regenerate": (tr("new points", "otros puntos"),
                       tr("Draw other points of the same kind, or other first weights.",
                          "Sortea otros puntos del mismo tipo u otros pesos iniciales.")),
        "own": (tr("your own points", "puntos propios"),
                tr("Draw on the map, or take two columns of a CSV file.",
                   "Dibuje en el mapa o use dos columnas de un archivo CSV.")),
        "inputs": (tr("inputs", "entradas"),
                   tr("What the network sees of each point. With the right inputs a small network suffices.",
                      "Lo que la red ve de cada punto. Con las entradas adecuadas basta una red pequeña.")),
        "hidden": (tr("hidden layers", "capas ocultas"),
                   tr("Up to six layers of one to eight neurons.", "Hasta seis capas de una a ocho neuronas.")),
        "classes": (tr("classes", "clases"),
                    tr("How many classes the points have. More than two need softmax.",
                       "Cuántas clases tienen los puntos. Más de dos piden softmax.")),
    }  # fmt: skip


def _of_learning() -> dict[str, tuple[str, str]]:
    return {
        "learning_rate": (tr("learning rate", "tasa de aprendizaje"),
                          tr("How far each step goes. Too small crawls, too large diverges.",
                             "Lo largo que es cada paso. Si es pequeña, avanza lento; si es grande, diverge.")),
        "activation": (tr("activation", "activación"),
                       tr("What the hidden neurons do with their sum.",
                          "Lo que las neuronas ocultas hacen con su suma.")),
        "output": (tr("output", "salida"),
                   tr("tanh learns ±1 by squared error; the others learn probabilities by cross-entropy.",
                      "tanh aprende ±1 con error cuadrático; las otras, probabilidades con entropía cruzada.")),
        "optimizer": (tr("optimizer", "optimizador"),
                      tr("How the gradient becomes a step. Adam and RMSprop adapt the step of each weight.",
                         "Cómo el gradiente se vuelve un paso. Adam y RMSprop adaptan el paso de cada peso.")),
        "initialisation": (tr("first weights", "pesos iniciales"),
                           tr("How weights begin. Glorot suits tanh and sigmoid, He suits ReLU.",
                              "Cómo empiezan los pesos. Glorot va con tanh y sigmoide; He, con ReLU.")),
        "regularisation": (tr("regularisation", "regularización"),
                           tr("Adds a penalty on large weights. L1 brings weights to 0, L2 keeps all of them small.",
                              "Penaliza los pesos grandes. L1 los lleva a 0; L2 los mantiene pequeños.")),
        "regularisation_rate": (tr("its rate", "su tasa"),
                                tr("How strong the penalty is.", "Lo fuerte que es la penalización.")),
        "seed": (tr("seed of the weights", "semilla de los pesos"), ""),
    }  # fmt: skip


def _of_views() -> dict[str, tuple[str, str]]:
    return {
        "test": (tr("show test points", "mostrar puntos de prueba"),
                 tr("Test points have a dark ring.", "Los puntos de prueba llevan un anillo oscuro.")),
        "discrete": (tr("discretise", "discretizar"),
                     tr("Show decisions only, not how sure they are.",
                        "Muestra solo las decisiones, no lo seguras que son.")),
        "gradients": (tr("gradients", "gradientes"),
                      tr("The length of each layer's gradient. Where it vanishes nothing is learnt.",
                         "La longitud del gradiente de cada capa. Donde se anula no se aprende.")),
        "edit": (tr("editing weights", "editar pesos"), ""),
        "scores": (tr("losses and accuracies", "pérdidas y exactitudes"), ""),
        "loss": (tr("curves of the loss", "curvas de la pérdida"), ""),
        "twins": (tr("twins", "gemelos"),
                  tr("Two networks from the same weights on the same batches; one setting differs.",
                     "Dos redes con los mismos pesos iniciales y los mismos lotes; difieren en un ajuste.")),
        "surface": (tr("loss surface", "superficie de la pérdida"),
                    tr("The loss around the present weights, along two random directions.",
                       "La pérdida alrededor de los pesos actuales, en dos direcciones al azar.")),
        "export": (tr("take it with you", "llévesela"),
                   tr("As Keras code, as an experiment or as a record.",
                      "Como código Keras, como experimento o como registro.")),
        "share": (tr("share", "compartir"), ""),
    }  # fmt: skip
