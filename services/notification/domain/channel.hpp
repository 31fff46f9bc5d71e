#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace shop::notification {

/// How a customer is reached.
enum class Channel : std::uint8_t { email, sms, push };
inline constexpr std::array channels{Channel::email, Channel::sms, Channel::push};

/// "email": also a word of the routing key, and the end of the queue's name.
std::string_view to_string(Channel channel);

/// Whether something can be sent there at all, as far as the text tells: an e-mail address, a telephone
/// number in the form of E.164, a device's token. None has a control character or a space, so that an address
/// never ends the line of a header.
bool is_address(Channel channel, std::string_view text);

}  // namespace shop::notification
