"""What a page module is handed to mount itself."""

from dataclasses import dataclass, field

from flask import Blueprint, Flask

from qbwc_server.portal.navigation import Entry, Navigation
from qbwc_server.services.assembly import UseCases
from qbwc_server.settings import Settings


@dataclass(slots=True)
class Frame:
    """The application, the use cases, the settings, and the menu."""

    app: Flask
    use: UseCases
    settings: Settings
    navigation: Navigation = field(default_factory=Navigation)

    def add(self, blueprint: Blueprint, *entries: Entry) -> None:
        """Mount pages, with the lines by which the menu leads to them."""
        self.app.register_blueprint(blueprint)
        for entry in entries:
            self.navigation.add(entry)
