#include "topology_tool.hpp"

#include <algorithm>
#include <string_view>

#include "waybill/amqp/definitions.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/runtime/text_file.hpp"

namespace waybill::amqp {
namespace {

constexpr std::string_view usage =
    "Usage: waybill-topology check MANIFEST [--definitions FILE]\n"
    "       waybill-topology definitions MANIFEST\n"
    "       waybill-topology --help\n"
    "\n"
    "Reads a topology manifest, the file that says which exchanges and queues there are and who owns them.\n"
    "\n"
    "  check         says all that is wrong with the manifest; with --definitions also whether FILE is what\n"
    "                `definitions` prints\n"
    "  definitions   prints RabbitMQ's definitions of it, for `rabbitmqctl import_definitions`\n"
    "\n"
    "Exit status: 0 all is well, 1 something is wrong with a file, 2 wrong usage.\n";

constexpr std::size_t largest_definitions = 16 << 20;

constexpr int well = 0;
constexpr int wrong_file = 1;
constexpr int wrong_usage = 2;

struct TopologyCall {
  std::string program;
  std::string manifest;
  std::string definitions;  ///< empty when they are not to be compared
};

class TopologyTool {
 public:
  TopologyTool(const TopologyCall& call, std::ostream& out, std::ostream& errors)
      : call_(call), out_(out), errors_(errors) {}

  int print_definitions() {
    const auto manifest = load_manifest(call_.manifest);
    if (!manifest) return complain(manifest.error().to_string());
    out_ << rabbitmq_definitions(manifest->topology()) << std::flush;
    return out_ ? well : complain("the definitions could not be written");
  }

  int check() {
    const auto manifest = load_manifest(call_.manifest);
    if (!manifest) return complain(manifest.error().to_string());
    const auto topology = manifest->topology();
    if (!call_.definitions.empty() && !are_current(rabbitmq_definitions(topology))) return wrong_file;
    out_ << call_.manifest << ": " << topology.exchanges.size() << " exchanges, " << manifest->queues().size()
         << " queues with a dead-letter queue each, " << topology.bindings.size() << " bindings\n";
    return well;
  }

 private:
  bool are_current(const std::string& expected) {
    const auto found = runtime::read_text_file(call_.definitions, largest_definitions);
    if (found && *found == expected) return true;
    const std::string why = found ? "is not what " + call_.manifest + " describes" : found.error().why();
    complain(call_.definitions + " " + why + "; run: " + call_.program + " definitions " + call_.manifest +
             " > " + call_.definitions);
    return false;
  }

  int complain(const std::string& what) {
    errors_ << "waybill-topology: " << what << "\n";
    return wrong_file;
  }

  const TopologyCall& call_;
  std::ostream& out_;
  std::ostream& errors_;
};

}  // namespace

int run_topology_tool(const std::string& program, const std::vector<std::string>& arguments,
                      std::ostream& out, std::ostream& errors) {
  const auto is = [&](std::size_t at, std::string_view word) {
    return at < arguments.size() && arguments[at] == word;
  };
  if (std::ranges::find(arguments, "--help") != arguments.end() || (is(0, "-h") && arguments.size() == 1)) {
    out << usage;
    return well;
  }
  if (arguments.size() == 2 && is(0, "definitions")) {
    return TopologyTool({program, arguments[1], ""}, out, errors).print_definitions();
  }
  if (arguments.size() == 2 && is(0, "check")) {
    return TopologyTool({program, arguments[1], ""}, out, errors).check();
  }
  if (arguments.size() == 4 && is(0, "check") && is(2, "--definitions")) {
    return TopologyTool({program, arguments[1], arguments[3]}, out, errors).check();
  }
  errors << usage;
  return wrong_usage;
}

}  // namespace waybill::amqp
