"""The rules by name, quick ones first. A rule is a module with DESCRIPTION and check(tree) → findings."""

from waybill_check.rules import (
    api, contracts, format, idioms, layering, links, names, scripts, services, size, third_party, tidy,
    workplace)

RULES = {
    "layering": layering,
    "third-party": third_party,
    "services": services,
    "size": size,
    "idioms": idioms,
    "names": names,
    "workplace": workplace,
    "links": links,
    "scripts": scripts,
    "contracts": contracts,
    "api": api,
    "format": format,
    "tidy": tidy,
}
