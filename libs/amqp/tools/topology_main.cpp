#include <exception>
#include <iostream>

#include "topology_tool.hpp"

int main(int argc, char** argv) {
  try {
    return waybill::amqp::run_topology_tool(argv[0], {argv + 1, argv + argc}, std::cout, std::cerr);
  } catch (const std::exception& fault) {
    std::cerr << "waybill-topology: " << fault.what() << "\n";
    return 1;
  }
}
