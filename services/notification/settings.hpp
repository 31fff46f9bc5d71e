#pragma once

#include <set>
#include <string>

#include "domain/channel.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"

namespace shop::notification {

/// What a process of this service is to do beside answering over HTTP.
struct Settings {
  bool takes_events = false;
  std::set<Channel> channels{};
  std::string sink_directory{};
  std::string sender{};
};

waybill::runtime::Section settings_section();
Settings settings_of(const waybill::runtime::Configuration& configuration);

}  // namespace shop::notification
