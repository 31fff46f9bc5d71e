"""The five services as a client sees them: five addresses, and a key that is good for all."""

from dataclasses import dataclass

from .client import Client

SERVICES = ("order", "inventory", "payment", "notification", "analytics")


@dataclass(frozen=True)
class Shop:
    order: Client
    inventory: Client
    payment: Client
    notification: Client
    analytics: Client

    @classmethod
    def at(cls, urls: dict[str, str], key: str, patience: float = 60.0) -> "Shop":
        return cls(**{service: Client(urls[service], key, patience) for service in SERVICES})

    def close(self) -> None:
        for service in SERVICES:
            getattr(self, service).close()
