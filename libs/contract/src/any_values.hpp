#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class Message;
class MessageFactory;
}  // namespace google::protobuf

namespace waybill::contract {

// An Any's two fields.
inline constexpr int any_url_number = 1;
inline constexpr int any_value_number = 2;

bool is_any(const google::protobuf::Descriptor& type);

/// What an Any with that URL holds, of the messages that its own type is known with; null where it is not
/// among them.
const google::protobuf::Descriptor* any_value_type(const google::protobuf::Descriptor& any,
                                                   std::string_view url);

/// Whether a message in binary may hold an Any whose type is known: each has the beginning of its URL in it.
bool may_hold_known_any(std::string_view binary);

/// To bytes which are the same for the same message: maps have no order of their own.
std::string serialized(const google::protobuf::Message& message);

/// Writes what each Any holds anew, where its type is known. Other programs may write one in a way that is
/// legal and that JSON has no form for: a field that has one value twice, the message in a field in pieces.
/// What nests deeper than that is left as it is. The factory knows the messages of the message's own pool.
void respell_any_values(google::protobuf::Message& message, google::protobuf::MessageFactory& factory,
                        std::size_t depth);

}  // namespace waybill::contract
