#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "waybill/runtime/problems.hpp"

namespace waybill::amqp {

/// What is wrong with a file, gathered while it is read so that all of it is told at once.
class Findings {
 public:
  explicit Findings(std::string_view path) : path_(path) {}

  void add(int line, std::string what) { all_.push_back({line, std::move(what)}); }
  bool empty() const { return all_.empty(); }

  /// In the order of the file, each with its line.
  runtime::Problems problems() const;

 private:
  struct Finding {
    int line;
    std::string what;
  };
  std::string path_;
  std::vector<Finding> all_;
};

}  // namespace waybill::amqp
