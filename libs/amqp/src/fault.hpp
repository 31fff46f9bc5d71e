#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "waybill/amqp/connection_state.hpp"

namespace waybill::amqp {

/// Why something failed: the text is for people and complete.
struct Fault {
  Trouble trouble = Trouble::lost;
  std::string what;
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// The connection cannot be used any more, or was never there.
class ConnectionFault : public std::runtime_error {
 public:
  ConnectionFault(Trouble trouble, const std::string& what) : std::runtime_error(what), trouble_(trouble) {}
  Fault fault() const { return {trouble_, what()}; }

 private:
  Trouble trouble_;
};

/// The broker closed the channel; the connection is still good. `code` and `text` are the broker's own.
class ChannelFault : public std::runtime_error {
 public:
  ChannelFault(Trouble trouble, std::uint16_t code, std::string text, const std::string& what)
      : std::runtime_error(what), trouble_(trouble), code_(code), text_(std::move(text)) {}
  ChannelFault(std::uint16_t code, const std::string& text)
      : ChannelFault(Trouble::channel, code, text,
                     "the broker closed the channel: " + std::to_string(code) + " " + text) {}

  Fault fault() const { return {trouble_, what()}; }
  std::uint16_t code() const { return code_; }
  const std::string& text() const { return text_; }

 private:
  Trouble trouble_;
  std::uint16_t code_;
  std::string text_;
};

/// Thrown out of a wait when the connection's owner wants it to end.
struct Stopped {};

}  // namespace waybill::amqp
