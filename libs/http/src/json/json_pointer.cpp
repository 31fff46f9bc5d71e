#include "json/json_pointer.hpp"

#include "percent.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::http {

std::string pointer_to(const JsonTree& tree, std::uint32_t node) {
  ENSURE(node < tree.nodes.size());
  std::string pointer = "#";
  std::uint32_t around = 0;
  while (around != node) {
    const bool is_list = tree.nodes[around].kind == JsonNode::Kind::list;
    auto child = around + 1;
    std::size_t index = 0;
    for (; tree.nodes[child].end <= node; child = tree.nodes[child].end) ++index;
    if (is_list) {
      pointer.append("/").append(std::to_string(index));
    } else {
      pointer = with_member(std::move(pointer), tree.nodes[child].name);
    }
    around = child;
  }
  return pointer;
}

std::string with_member(std::string pointer, std::string_view name) {
  std::string token;
  for (const char c : name) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return pointer.append("/").append(percent_encoded(token));
}

}  // namespace waybill::http
