#pragma once

#include <string>

#include "domain/channel.hpp"
#include "domain/templates.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::notification {

/// A message as it goes out. All of it is the same however often the same notification is delivered.
struct Delivery {
  waybill::base::Uuid id;  ///< the notification's
  Channel channel = Channel::email;
  std::string recipient{};  ///< is_address() of the channel
  Words words{};            ///< the subject is one line
  waybill::base::WallTime requested_at{};
};

/// An e-mail as RFC 5322 has it, with UTF-8 in its header where needed (RFC 6532), and lines that end with CR
/// and LF. `sender` is an address.
std::string email_text(const Delivery& delivery, const std::string& sender);

/// The other channels' messages, for people to read.
std::string plain_text(const Delivery& delivery);

}  // namespace shop::notification
