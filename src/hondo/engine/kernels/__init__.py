"""Machine code of our own for what XLA does slowly on a CPU: generated for the shapes and the processor at hand."""
