"""Fills the shelves, and remembers what then has to be somewhere."""

from . import catalogue
from .shop import Shop


def fill(shop: Shop, pieces: dict[str, int], run: str) -> dict[str, int]:
    """Brings so many pieces of each product in, and says how many there are now, sold ones included."""
    there = {}
    for product in catalogue.ALL:
        path = f"/api/v1/products/{product.sku}"
        put = shop.inventory.put(path, product.as_json(), key=f"{run}-product-{product.sku}")
        shop.inventory.require(put, f"PUT {path}", 200, 201)
        came = {"quantity": pieces[product.sku]}
        answer = shop.inventory.post(f"{path}/restock", came, key=f"{run}-restock-{product.sku}")
        told = shop.inventory.require(answer, f"POST {path}/restock", 200).json
        there[product.sku] = told["available"] + told["reserved"] + told["sold"]
    return there
