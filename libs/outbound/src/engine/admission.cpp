#include "engine/admission.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::outbound {

Admission::Entry Admission::arrive(Ticket ticket, const std::string& name) {
  ENSURE(!inside_.contains(ticket), "one ticket is for one");
  // When somebody waits for this place, then for want of room: whoever leaves lets in all who fit.
  const auto at = places_.find(name);
  const bool begins = at == places_.end() ? running_ < bounds_.total : has_room(at->second);
  if (!begins && waiting() >= bounds_.waiting) return Entry::full;
  const auto place = at == places_.end() ? places_.try_emplace(name).first : at;
  inside_.emplace(ticket, place);
  if (!begins) {
    place->second.waiting.insert(ticket);
    return Entry::wait;
  }
  ++place->second.running;
  ++running_;
  return Entry::begin;
}

std::vector<Admission::Ticket> Admission::leave(Ticket ticket) {
  const auto one = inside_.find(ticket);
  ENSURE(one != inside_.end(), "only who came in can leave");
  const auto at = one->second;
  inside_.erase(one);
  auto& place = at->second;
  if (place.waiting.erase(ticket) == 0) {
    --place.running;
    --running_;
  }
  auto beginning = fill();
  if (place.running == 0 && place.waiting.empty()) places_.erase(at);
  return beginning;
}

std::vector<Admission::Ticket> Admission::fill() {
  std::vector<Ticket> beginning;
  for (;;) {
    Place* first = nullptr;
    for (auto& [name, place] : places_) {
      if (place.waiting.empty() || !has_room(place)) continue;
      if (first == nullptr || *place.waiting.begin() < *first->waiting.begin()) first = &place;
    }
    if (first == nullptr) return beginning;
    beginning.push_back(first->waiting.extract(first->waiting.begin()).value());
    ++first->running;
    ++running_;
  }
}

}  // namespace waybill::outbound
