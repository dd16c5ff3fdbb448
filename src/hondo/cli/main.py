"""The command ``hondo``: its subcommands, and what becomes of errors.

Exit codes: 0 done; 1 another error; 2 wrong usage or spec; 3 data; 4 model; 5 workspace or run; 6 training diverged;
70 an error inside Hondo; 130 stopped with Ctrl-C.
"""

import io
import os
import sys
import threading
import traceback

import typer

from hondo.cli.data import app as data_app
from hondo.cli.doctor import doctor
from hondo.cli.evaluate import evaluate
from hondo.cli.export import export
from hondo.cli.guide import app as guide_app
from hondo.cli.lab import lab
from hondo.cli.lr_find import lr_find
from hondo.cli.output import complain
from hondo.cli.predict import predict
from hondo.cli.resume import resume
from hondo.cli.run import run
from hondo.cli.runs import app as runs_app
from hondo.cli.spec import app as spec_app
from hondo.cli.transfer import transfer
from hondo.cli.verify import verify
from hondo.core.errors import HondoError
from hondo.core.language import tr

app = typer.Typer(
    name="hondo",
    help=tr(
        "Deep learning that runs: from a data set to predictions. HONDO_LANG=es|en sets the language.",
        "Aprendizaje profundo en marcha: de los datos a las predicciones. HONDO_LANG=es|en fija el idioma.",
    ),
    epilog=tr(
        "Exit codes: 0 done, 2 usage or spec, 3 data, 4 model, 5 workspace, 6 diverged, 130 stopped. "
        "--debug anywhere shows tracebacks.",
        "Códigos de salida: 0 hecho, 2 uso o especificación, 3 datos, 4 modelo, 5 espacio de trabajo, 6 divergió, "
        "130 detenido. --debug en cualquier lugar muestra la traza.",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(
    "lab",
    help=tr(
        "Open the lab in the browser: train, watch and predict there.",
        "Abre el laboratorio en el navegador: entrenar, observar y predecir.",
    ),
)(lab)
app.command(
    "run",
    help=tr(
        "Train an experiment, evaluate it, predict, and write its report.",
        "Entrena un experimento, lo evalúa, predice y escribe su informe.",
    ),
)(run)
app.command(
    "transfer",
    help=tr(
        "Tell your own pictures apart: features of a trained network, a new output layer, then fine-tuning.",
        "Distingue sus propias imágenes: características de una red entrenada, una nueva capa de salida y ajuste fino.",
    ),
)(transfer)
app.command(
    "resume",
    help=tr(
        "Continue from the last checkpoint; the result is the same as without the interruption.",
        "Continúa desde el último punto de control; el resultado es el mismo que sin la interrupción.",
    ),
)(resume)
app.command(
    "evaluate",
    help=tr(
        "Evaluate a trained run: loss, metrics, scores by class, the pairs most often confused.",
        "Evalúa un experimento entrenado: pérdida, métricas, resultados por clase y los pares que más se confunden.",
    ),
)(evaluate)
app.command(
    "predict",
    help=tr(
        "Predict raw inputs: the run's own preprocessing is applied.",
        "Predice a partir de entradas en bruto, con el preprocesamiento del propio experimento.",
    ),
)(predict)
app.command(
    "export",
    help=tr(
        "Export a trained run: Keras, SavedModel, ONNX, or a bundle that proves a port equal.",
        "Exporta un experimento entrenado: Keras, SavedModel, ONNX o un paquete para comprobar una versión propia.",
    ),
)(export)
app.command(
    "verify",
    help=tr(
        "Compute a bundle again, or compare your own outputs, and name the first step that differs; exit code 1 then.",
        "Recalcula un paquete o compara salidas propias y nombra el primer paso que difiere; si lo hay, termina con 1.",
    ),
)(verify)
app.command(
    "lr-find",
    help=tr(
        "Find a learning rate: train a copy while the rate grows, and watch the loss.",
        "Busca una tasa de aprendizaje: entrena una copia mientras la tasa crece y observa la pérdida.",
    ),
)(lr_find)
app.add_typer(guide_app, name="guide")
app.add_typer(runs_app, name="runs")
app.add_typer(data_app, name="data")
app.add_typer(spec_app, name="spec")
app.command(
    "doctor",
    help=tr(
        "Check Python, devices, memory, workspace, caches and extras; exit code 1 if there is a problem.",
        "Revisa Python, dispositivos, memoria, espacio, cachés y extras; código de salida 1 si hay un problema.",
    ),
)(doctor)


def console() -> None:
    """The installed command: leaves without waiting for a compilation that nobody needs any more."""
    code: str | int | None = 0
    try:
        main()
    except SystemExit as leave:
        code = leave.code
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)
    sys.exit(code)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; never shows a traceback unless ``--debug`` is given."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or bool(os.environ.get("HONDO_DEBUG"))
    given = [argument for argument in given if argument != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal whose encoding lacks a letter still shows the rest
    try:
        app(given, prog_name="hondo")
    except (KeyboardInterrupt, EOFError):
        complain(tr("stopped", "detenido"))
        sys.exit(130)
    except HondoError as error:
        if debug:
            traceback.print_exc()
        complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except MemoryError:
        complain(
            tr("there is not enough memory for this", "no hay memoria suficiente para esto"),
            tr("Use data.limit or a smaller train.batch_size.", "Use data.limit o un train.batch_size menor."),
        )
        sys.exit(1)
    except Exception as error:
        if debug:
            traceback.print_exc()
        complain(
            tr(
                f"internal error in Hondo: {type(error).__name__}: {error}",
                f"error interno de Hondo: {type(error).__name__}: {error}",
            ),
            tr("Run it again with --debug to see where.", "Repítalo con --debug para ver dónde."),
        )
        sys.exit(70)
