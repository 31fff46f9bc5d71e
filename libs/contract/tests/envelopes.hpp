#pragma once

#include <string>
#include <utility>

#include "waybill/contract/bad_payload.hpp"
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

/// "read", or the reason why not.
template <class T>
std::string outcome_of(const Result<T>& result) {
  return result.has_error() ? std::string(to_string(result.error().reason)) : "read";
}

inline std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace waybill::contract
