"""A small network on points of a plane, trained so fast that one watches it: the numbers behind the playground.

``setup.py`` says what is trained, ``training.py`` trains it with machine code made for it (``code.py``) or with NumPy
(``reference.py``), ``history.py`` goes back in time, ``twins.py`` compares, ``views.py`` is what there is to see.
``data.py`` and ``own.py`` make the points, named ones and one's own, ``stopping.py`` says when it is enough.
"""
