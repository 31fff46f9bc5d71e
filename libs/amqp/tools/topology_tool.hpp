#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace waybill::amqp {

/// The program waybill-topology without its process: `program` is how it was called, the arguments come
/// without it. Gives the exit status: 0 all is well, 1 something is wrong with a file, 2 wrong usage.
int run_topology_tool(const std::string& program, const std::vector<std::string>& arguments,
                      std::ostream& out, std::ostream& errors);

}  // namespace waybill::amqp
