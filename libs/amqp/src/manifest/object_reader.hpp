#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/findings.hpp"
#include "manifest/located_json.hpp"

namespace waybill::amqp {

/// The members of one object of the file. What is unknown, missing or of another kind becomes a finding with
/// the object's name: "queue 'order.replies'".
class ObjectReader {
 public:
  /// Says what is not among the known names, and that a value which is no object should be one.
  ObjectReader(const LocatedJson& value, std::string called, const std::vector<std::string>& known,
               Findings& findings);

  /// Null when there is none of that kind. For a missing `must` this is a finding.
  const LocatedJson* must(std::string_view name, LocatedJson::Kind kind) const;
  const LocatedJson* may(std::string_view name, LocatedJson::Kind kind) const;

  int line() const { return value_.line; }
  const std::string& called() const { return called_; }
  void add(int line, const std::string& what) const { findings_.add(line, called_ + " " + what); }

 private:
  const LocatedJson* find(std::string_view name) const;

  const LocatedJson& value_;
  std::string called_;
  Findings& findings_;
};

}  // namespace waybill::amqp
