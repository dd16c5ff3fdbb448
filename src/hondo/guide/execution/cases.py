"""What common errors mean and how they are mended, in both languages: read from top to bottom, the first that fits."""

import re
from typing import NamedTuple

from hondo.guide.words import Words


class Case(NamedTuple):
    """An error by its kinds (``A|B``) and a pattern of its message, whose groups are ``{0}``, ``{1}`` in the words."""

    kinds: str
    pattern: str
    en: str
    es: str


def meaning(kinds: list[str], message: str) -> str:
    """What an error means and how to mend it, in the language in force; empty where nothing helps.

    Args:
        kinds: the names of its class and of those above it.
        message: its own words.
    """
    for case in CASES:
        if set(case.kinds.split("|")) & set(kinds) and (found := re.search(case.pattern, message, re.DOTALL)):
            groups = [each or "" for each in found.groups()]
            return str(Words(case.en.format(*groups), case.es.format(*groups)))
    return ""


_SHAPES = "ValueError|TypeError|InvalidArgumentError"

CASES = (
    Case("KeyboardInterrupt|CancelledError", "",
         "It was stopped before its end. What the lines before it computed is kept.",
         "Se detuvo antes de terminar. Lo que calcularon las líneas anteriores se conserva."),
    Case("MemoryError", "",
         "There is not enough memory for this. Use smaller arrays, fewer samples at a time or float32.",
         "No hay memoria suficiente. Use arrays más pequeños, menos muestras a la vez o float32."),
    Case("XlaRuntimeError|JaxRuntimeError", "RESOURCE_EXHAUSTED|[Oo]ut of memory",
         "There is not enough memory for this. Use a smaller batch or fewer units.",
         "No hay memoria suficiente. Use un lote más pequeño o menos unidades."),
    Case("RecursionError", "",
         "A function calls itself without end. It needs a case in which it returns without calling itself.",
         "Una función se llama a sí misma sin fin. Necesita un caso en el que devuelva algo sin llamarse."),
    # Names and modules
    Case("UnboundLocalError", "variable '(.+?)'",
         "`{0}` is assigned somewhere in this function, so Python takes it for a local name, and here it has no "
         "value yet.",
         "A `{0}` se le asigna un valor en algún punto de esta función, así que Python lo considera local, y aquí "
         "todavía no lo tiene."),
    Case("NameError", "name '(.+?)'",
         "Nothing is called `{0}` yet. Run the cell that defines it first, or check how it is written.",
         "Todavía no hay nada que se llame `{0}`. Ejecute antes la celda que lo define o revise cómo está escrito."),
    Case("ModuleNotFoundError", "No module named '(.+?)'",
         "The package `{0}` is not installed here, or its name is written otherwise.",
         "El paquete `{0}` no está instalado aquí, o su nombre se escribe de otra manera."),
    Case("ImportError", "cannot import name '(.+?)' from '(.+?)'",
         "`{1}` has nothing called `{0}`: check how it is written and the version of the package.",
         "`{1}` no tiene nada que se llame `{0}`: revise cómo está escrito y la versión del paquete."),
    # Shapes
    Case(_SHAPES, r"broadcast together with shapes (\(.*?\)) (\(.*?\))",
         "The shapes {0} and {1} do not fit element by element: counted from the right, each pair of lengths must be"
         " equal or one of them 1.",
         "Las formas {0} y {1} no encajan elemento a elemento: contando desde la derecha, cada par de longitudes "
         "debe ser igual, o una de ellas 1."),
    Case(_SHAPES, "ncompatible shapes for broadcasting|got incompatible shapes",
         "These shapes do not fit element by element: counted from the right, each pair of lengths must be equal or "
         "one of them 1. Print the `.shape` of both.",
         "Estas formas no encajan elemento a elemento: contando desde la derecha, cada par de longitudes debe ser "
         "igual, o una de ellas 1. Muestre el `.shape` de ambas."),
    Case(_SHAPES, r"shapes (\(.*?\)) and (\(.*?\)) not aligned",
         "In a product, the last length of {0} has to equal the last but one of {1}. Did one of them need `.T`?",
         "En un producto, la última longitud de {0} debe coincidir con la penúltima de {1}. ¿Le falta `.T` a alguna?"),
    Case(_SHAPES, r"matmul.*size (\d+) is different from (\d+)",
         "In `A @ B`, A must have as many columns as B has rows; here they are {1} and {0}. Print both shapes: "
         "perhaps one needs `.T`, or the order is the other.",
         "En `A @ B`, A debe tener tantas columnas como filas tiene B; aquí son {1} y {0}. Muestre las dos formas: "
         "quizá falte un `.T` o el orden sea el otro."),
    Case(_SHAPES, "dot_general requires contracting dimensions|matmul.*(?:shape|dimension)",
         "In `A @ B`, A must have as many columns as B has rows. Print both shapes: perhaps one needs `.T`.",
         "En `A @ B`, A debe tener tantas columnas como filas tiene B. Muestre las dos formas: quizá falte un `.T`."),
    Case(_SHAPES, r"cannot reshape array of (?:size|shape) (.+?) (?:\(size .*?\) )?into shape (\(.*?\))",
         "An array keeps its number of elements when it is reshaped: {0} do not fill {1}. A `-1` lets NumPy compute "
         "one of the lengths.",
         "Un array conserva su número de elementos al cambiar de forma: {0} no llenan {1}. Con `-1`, NumPy calcula "
         "una de las longitudes."),
    Case("ValueError", r"expected shape=(\(.*?\)), found shape=(\(.*?\))",
         "This layer expects inputs of shape {0} (None: any batch size) and got {1}. Check the model's Input and the"
         " shape of the data.",
         "Esta capa espera entradas de forma {0} (None: cualquier tamaño de lote) y recibió {1}. Revise el Input del"
         " modelo y la forma de los datos."),
    Case("ValueError", r"expected (?:min_)?ndim=(\d+), found ndim=(\d+)",
         "This layer expects inputs with {0} axes and got {1}. Perhaps the batch or channel axis is missing: "
         "`x[None, ...]` or `x[..., None]` adds one.",
         "Esta capa espera entradas con {0} ejes y recibió {1}. Quizá falte el eje del lote o el de los canales: "
         "`x[None, ...]` o `x[..., None]` lo añaden."),
    Case("ValueError", "Expected 2D array, got 1D array",
         "scikit-learn expects a table: one row for each sample. `x.reshape(-1, 1)` makes a single column; "
         "`x.reshape(1, -1)` a single sample.",
         "scikit-learn espera una tabla: una fila por muestra. `x.reshape(-1, 1)` da una sola columna; `x.reshape(1,"
         " -1)`, una sola muestra."),
    Case("ValueError", r"inconsistent numbers of samples: \[(.*?)\]|Data cardinality",
         "Inputs and targets must have the same number of samples {0}. Check how they were split.",
         "Entradas y objetivos deben tener el mismo número de muestras {0}. Revise cómo se separaron."),
    Case("ValueError", "dimensions.*concatenat|concatenat.*(?:dimension|shape)|input arrays must have the same shape",
         "Arrays that are joined must agree in all lengths but that of the axis along which they are joined.",
         "Los arrays que se unen deben coincidir en todas las longitudes menos en la del eje por el que se unen."),
    Case("ValueError", "inhomogeneous|array element with a sequence",
         "The rows of an array must all be of the same length; here they are not.",
         "Todas las filas de un array deben tener la misma longitud; aquí no la tienen."),
    Case("ValueError", "truth value of an array",
         "A condition needs one true or false, and a comparison of arrays gives one for each element: use `.all()`, "
         "`.any()` or `np.where`.",
         "Una condición necesita un único verdadero o falso, y al comparar arrays sale uno por elemento: use "
         "`.all()`, `.any()` o `np.where`."),
    Case("AxisError", "",
         "The array has no such axis: they count from 0 to `ndim - 1`. Print its `.shape`.",
         "El array no tiene ese eje: se numeran de 0 a `ndim - 1`. Muestre su `.shape`."),
    # Values
    Case("ValueError", r"not enough values to unpack \(expected (.+?), got (\d+)",
         "There are {0} names on the left of `=` and only {1} values on the right.",
         "Hay {0} nombres a la izquierda de `=` y solo {1} valores a la derecha."),
    Case("ValueError", r"too many values to unpack \(expected (\d+)",
         "There are more values on the right of `=` than the {0} names on the left.",
         "Hay más valores a la derecha de `=` que los {0} nombres de la izquierda."),
    Case("ValueError", "invalid literal for int|could not convert string to float",
         "This text is not a number. Note that Python writes decimals with a point.",
         "Este texto no es un número. Recuerde que Python escribe los decimales con punto."),
    Case("ValueError", "contains NaN|Input X contains (?:NaN|infinity)",
         "Some of the numbers are missing or infinite. Look for them with `np.isnan(x).sum()`.",
         "Algunos números faltan o son infinitos. Búsquelos con `np.isnan(x).sum()`."),
    Case("LinAlgError", "[Ss]ingular",
         "This matrix has no inverse: some of its rows depend on others.",
         "Esta matriz no tiene inversa: algunas de sus filas dependen de otras."),
    # JAX
    Case("UnexpectedTracerError", "",
         "A value from inside a compiled function was kept outside it. Return it instead.",
         "Se guardó fuera de una función compilada un valor de dentro de ella. Devuélvalo con `return`."),
    Case("TracerBoolConversionError|ConcretizationTypeError|TracerArrayConversionError", "",
         "While JAX compiles a function, its arguments have a shape but no values yet: use `jnp.where` or "
         "`jax.lax.cond` instead of `if`, and `jnp` instead of `np`.",
         "Mientras JAX compila una función, sus argumentos tienen forma, pero todavía no valores: use `jnp.where` o "
         "`jax.lax.cond` en vez de `if`, y `jnp` en vez de `np`."),
    Case("TypeError", "JAX arrays are immutable|ArrayImpl.*item assignment",
         "JAX's arrays do not change: `x = x.at[i].set(value)` makes a new one.",
         "Los arrays de JAX no cambian: `x = x.at[i].set(valor)` crea uno nuevo."),
    # Calls and types
    Case("TypeError", r"missing (\d+) required (?:positional|keyword-only) arguments?: (.+)",
         "The call lacks {1}.",
         "A la llamada le falta {1}."),
    Case("TypeError", r"takes (.+?) positional arguments? but (\d+) (?:was|were) given",
         "It takes {0} arguments and was given {1}. (In a method, `self` counts as one.)",
         "Admite {0} argumentos y recibió {1}. (En un método, `self` cuenta como uno.)"),
    Case("TypeError", "unexpected keyword argument '(.+?)'",
         "It has no argument called `{0}`: check how it is written.",
         "No tiene ningún argumento que se llame `{0}`: revise cómo está escrito."),
    Case("TypeError", "'NoneType' object|and 'NoneType'|'NoneType' and",
         "One of the values is None: perhaps a function without `return`, or a method such as `list.sort()` that "
         "changes its object and returns nothing.",
         "Uno de los valores es None: quizá una función sin `return`, o un método como `list.sort()`, que cambia su "
         "objeto y no devuelve nada."),
    Case("TypeError", r"unsupported operand type\(s\) for (.+?): '(.+?)' and '(.+?)'",
         "`{0}` does not know how to join {1} and {2}. Convert one of them: `float(…)`, `str(…)`, `np.array(…)`.",
         "`{0}` no sabe unir {1} y {2}. Convierta uno de ellos: `float(…)`, `str(…)`, `np.array(…)`."),
    Case("TypeError", r"can only concatenate (.+?) \(not \.(.+?)\.\) to",
         "Only {0} can be joined to {0}, and this is {1}: convert it first.",
         "A {0} solo se le puede unir {0}, y esto es {1}: conviértalo antes."),
    Case("TypeError", "'(.+?)' object is not callable",
         "Parentheses call a function, and this is a value of type {0}. Perhaps a name such as `sum` or `list` was "
         "given to a value, or an operator is missing before `(`.",
         "Los paréntesis llaman a una función, y esto es un valor de tipo {0}. Quizá se dio a un valor un nombre "
         "como `sum` o `list`, o falta un operador antes de `(`."),
    Case("TypeError", "'(.+?)' object is not subscriptable",
         "Brackets take an element, and a value of type {0} has none. Did a function need parentheses?",
         "Los corchetes toman un elemento, y un valor de tipo {0} no los tiene. ¿Necesitaba paréntesis una función?"),
    Case("TypeError", "'(.+?)' object is not iterable|iteration over a 0-d",
         "Only what has elements can be gone through; for a number, `range(n)` counts up to it.",
         "Solo se puede recorrer lo que tiene elementos; para un número, `range(n)` cuenta hasta él."),
    Case("TypeError", "object does not support item assignment",
         "Tuples and texts do not change; a list or an array does.",
         "Las tuplas y los textos no cambian; una lista o un array, sí."),
    Case("TypeError", "only int.*(?:scalar arrays|index)|indices must be integers|be interpreted as an integer",
         "A position must be a whole number: `int(…)`, or `//` instead of `/`.",
         "Una posición debe ser un número entero: `int(…)`, o `//` en vez de `/`."),
    Case("IndexError", "only integers, slices",
         "A position must be a whole number: `int(…)`, or `//` instead of `/`.",
         "Una posición debe ser un número entero: `int(…)`, o `//` en vez de `/`."),
    Case("IndexError", r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
         "Axis {1} has {2} elements, numbered from 0, so there is no position {0}.",
         "El eje {1} tiene {2} elementos, numerados desde 0, así que no existe la posición {0}."),
    Case("IndexError", r"too many indices for array: array is (\d+)-dimensional, but (\d+)",
         "The array has {0} axes and {1} indices were given. Print its `.shape`.",
         "El array tiene {0} ejes y se dieron {1} índices. Muestre su `.shape`."),
    Case("IndexError", "",
         "There is no element at this position: they are numbered from 0 to `len(…) - 1`.",
         "No hay ningún elemento en esa posición: se numeran de 0 a `len(…) - 1`."),
    Case("KeyError", "(.*)",
         "There is no key or column {0}. Print `.keys()` or `.columns` to see which there are.",
         "No existe la clave o columna {0}. Muestre `.keys()` o `.columns` para ver cuáles hay."),
    Case("AttributeError", "'NoneType' object has no attribute '(.+?)'",
         "What stands before `.{0}` is None: perhaps a function without `return`.",
         "Lo que hay antes de `.{0}` es None: quizá una función sin `return`."),
    Case("AttributeError", "(?:'(.+?)' object|module '(.+?)') has no attribute '(.+?)'",
         "{0}{1} has nothing called `{2}`: check how it is written, and of what type the value is.",
         "{0}{1} no tiene nada que se llame `{2}`: revise cómo está escrito y de qué tipo es el valor."),
    Case("ZeroDivisionError", "",
         "Something is divided by zero. Check what the divisor is, or add a small number to it.",
         "Se divide por cero. Revise cuánto vale el divisor o súmele un número pequeño."),
    Case("OverflowError|FloatingPointError", "",
         "A number has become too large: perhaps the learning rate is, or an exponent.",
         "Un número se ha vuelto demasiado grande: quizá lo sea la tasa de aprendizaje o un exponente."),
    Case("AssertionError", "",
         "What the line takes for granted does not hold.",
         "No se cumple lo que la línea da por hecho."),
    Case("StdinNotImplementedError", "",
         "Cells cannot ask questions: give the value to a name instead of `input()`.",
         "Las celdas no pueden preguntar: dé el valor a un nombre en vez de usar `input()`."),
    Case("NotImplementedError", "", "This part is not written yet.", "Esta parte todavía no está escrita."),
    Case("StopIteration", "", "There is nothing left to take.", "Ya no queda nada que tomar."),
    Case("SystemExit", "", "The cell ended itself.", "La celda se terminó a sí misma."),
    # Files and the network
    Case("FileNotFoundError", "",
         "There is no file at this place. `os.getcwd()` says where the kernel works.",
         "No hay ningún archivo en ese lugar. `os.getcwd()` dice dónde trabaja el núcleo."),
    Case("PermissionError", "",
         "This file or folder may not be read or written.",
         "No hay permiso para leer o escribir este archivo o carpeta."),
    Case("URLError|ConnectionError|TimeoutError", "",
         "The network does not answer. The guide itself needs none.",
         "La red no responde. La guía en sí no la necesita."),
    # Syntax
    Case("TabError|IndentationError", "",
         "The lines of a block begin at the same column, four spaces further in than what they belong to.",
         "Las líneas de un bloque empiezan en la misma columna, cuatro espacios más adentro que aquello a lo que "
         "pertenecen."),
    Case("SyntaxError", "'(.)' was never closed", "This `{0}` has no partner.", "Este `{0}` no tiene pareja."),
    Case("SyntaxError", "incomplete input",
         "Something that was opened is not closed: a parenthesis, a bracket, a quote or a block.",
         "Queda algo abierto sin cerrar: un paréntesis, un corchete, unas comillas o un bloque."),
    Case("SyntaxError", "unterminated",
         "A text begins here and does not end: its quote is missing.",
         "Aquí empieza un texto que no termina: le faltan las comillas de cierre."),
    Case("SyntaxError", "expected ':'",
         "`if`, `for`, `while`, `def` and `class` need a colon at the end of their line.",
         "`if`, `for`, `while`, `def` y `class` necesitan dos puntos al final de su línea."),
    Case("SyntaxError", "'=='",
         "`=` gives a name to a value; `==` compares.",
         "`=` da nombre a un valor; `==` compara."),
    Case("SyntaxError", "outside function",
         "`return` and `yield` belong into a function: check the indentation.",
         "`return` y `yield` van dentro de una función: revise la sangría."),
    Case("SyntaxError", "",
         "Python cannot read this line: look for a missing sign here or at the end of the line before.",
         "Python no puede leer esta línea: busque un signo que falte aquí o al final de la línea anterior."),
    Case("HTTPError", "",
         "The network does not answer. The guide itself needs none.",
         "La red no responde. La guía en sí no la necesita."),
    Case(_SHAPES, "shape",
         "The shapes do not fit. Print the `.shape` of each array in this line.",
         "Las formas no encajan. Muestre el `.shape` de cada array de esta línea."),
)  # fmt: skip
