#pragma once

#include <string>
#include <utility>

#include "waybill/contract/encoding.hpp"
#include "waybill/message/envelope.hpp"

namespace waybill::contract {

inline message::Envelope envelope_of(std::string type, Encoding encoding, std::string payload) {
  message::Envelope envelope;
  envelope.type = std::move(type);
  envelope.content_type = content_type_of(encoding);
  envelope.payload = std::move(payload);
  return envelope;
}

/// A `trial.v1.SendParcel`.
inline message::Envelope parcel(Encoding encoding, std::string payload) {
  return envelope_of("trial.v1.SendParcel", encoding, std::move(payload));
}

inline std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace waybill::contract
