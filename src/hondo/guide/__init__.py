"""The guide: chapters as data, and what turns them into pages, figures that move, exercises that answer, notebooks."""
