"""What a page's buttons do with runs; the store's queue does the work."""

from nicegui import ui


def start(name: str) -> None:
    ui.notify(name)


def stop(name: str) -> None:
    ui.notify(name)


def go_on(name: str) -> None:
    ui.notify(name)
