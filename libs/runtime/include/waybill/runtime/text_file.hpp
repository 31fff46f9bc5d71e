#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "waybill/runtime/unfit.hpp"

namespace waybill::runtime {

/// The whole of a small file, or why it cannot be read: "cannot be read: No such file or directory".
boost::system::result<std::string, Unfit> read_text_file(const std::string& path, std::size_t most_bytes);

}  // namespace waybill::runtime
