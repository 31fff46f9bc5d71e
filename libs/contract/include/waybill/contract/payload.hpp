#pragma once

#include <memory>
#include <string_view>

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace waybill::contract {

/// What every generated message is. Who only passes one on needs no header of protobuf.
using Payload = google::protobuf::Message;

/// The full name of its contract, whatever name it came under. Lives as long as its registry.
std::string_view name_of(const Payload& payload);

struct PayloadDeleter {
  void operator()(Payload* payload) const;
};

/// A payload whose class is known only at run time. Its registry must outlive it.
using PayloadPointer = std::unique_ptr<Payload, PayloadDeleter>;

}  // namespace waybill::contract
