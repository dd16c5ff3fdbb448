"""The lab's REST interface; ``app.py`` puts its parts together, ``models.py`` says what goes over the wire."""
