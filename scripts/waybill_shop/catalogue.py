"""What the shop sells here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    minor_units: int
    currency: str = "EUR"

    def as_json(self) -> dict:
        price = {"minor_units": self.minor_units, "currency": self.currency}
        return {"name": self.name, "price": price}


PLENTY = (Product("tea-assam", "Assam, 250 g", 890),
          Product("tea-sencha", "Sencha, 100 g", 1290),
          Product("pot-iron", "Iron pot", 5900),
          Product("cup-white", "White cup", 1150),
          Product("kettle-steel", "Steel kettle", 4495),
          Product("tin-small", "Small tin", 399))
RARE = Product("cup-kintsugi", "Mended cup, one of few", 24900)
IMPORTED = Product("tea-import", "Tea from overseas, 1 lb", 1999, "USD")
ALL = (*PLENTY, RARE, IMPORTED)
UNKNOWN_SKU = "nobody-sells-this"
