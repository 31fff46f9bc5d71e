#include "domain/commands.hpp"

namespace shop::inventory {
namespace {

void add_needs(Needs& needs, const Reserve& reserve) {
  needs.sagas.insert(reserve.reference.saga);
  needs.references.insert(reserve.reference);
  for (const auto& line : reserve.lines) needs.skus.insert(line.sku);
}

void add_needs(Needs& needs, const Confirm& confirm) {
  needs.sagas.insert(confirm.saga);
  needs.reservations.insert(confirm.reservation);
}

void add_needs(Needs& needs, const Release& release) {
  needs.sagas.insert(release.reference.saga);
  needs.references.insert(release.reference);
}

}  // namespace

Needs needs_of(std::span<const Command> commands) {
  Needs needs;
  for (const auto& command : commands) {
    std::visit([&](const auto& each) { add_needs(needs, each); }, command);
  }
  return needs;
}

}  // namespace shop::inventory
