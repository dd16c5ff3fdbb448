"""A small network on points of a plane, trained so fast that one watches it: the numbers behind the playground.

``setup.py`` says what is trained, ``training.py`` trains it with machine code made for it (``code.py``) or with NumPy
(``reference.py``), ``history.py`` goes back in time, ``twins.py`` compares, ``views.py`` is what there is to see.
``many.py`` and ``own.py`` make points of several classes and of one's own, ``stopping.py`` says when it is enough.
"""
