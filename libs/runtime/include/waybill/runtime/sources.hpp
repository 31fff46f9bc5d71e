#pragma once

#include <boost/system/result.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "waybill/runtime/problems.hpp"

namespace waybill::runtime {

class Schema;

/// Where values come from.
struct Sources {
  struct File {
    std::string path;
    std::string given_by;  ///< for messages: --config or WAYBILL_CONFIG
  };
  std::optional<File> file;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> options{};  ///< by their words, without the dashes
};

/// The sources of this process: its environment, and the file that `--config FILE` (or `--config=FILE`)
/// names, else WAYBILL_CONFIG. The option is taken out of the arguments. To be called before other threads
/// change the environment.
boost::system::result<Sources, Problems> sources_of_process(std::vector<std::string>& arguments);

/// The same with the options of the schema's settings, --WORD VALUE or --WORD=VALUE, which are taken out too.
boost::system::result<Sources, Problems> sources_of_process(std::vector<std::string>& arguments,
                                                            const Schema& schema);

}  // namespace waybill::runtime
