#pragma once

#include <curl/curl.h>

#include <string>

namespace waybill::outbound {

/// How a transfer ended; refused is one that was not started, since too many wait already.
struct End {
  enum class How { finished, deadline, cancelled, closed, refused };
  How how = How::closed;
  CURLcode code = CURLE_OK;  ///< what curl says, with finished
  bool begun = false;        ///< whether curl had it at all; otherwise it was still waiting for its turn
};

/// One easy handle, set up and understood by its owner, and driven by an Engine.
class Transfer {
 public:
  virtual ~Transfer() = default;
  virtual CURL* handle() = 0;
  /// The host and port that it goes to.
  virtual const std::string& place() const = 0;
  /// Called once, when curl has let go of the handle, with nothing of curl on the stack.
  virtual void ended(const End& end) = 0;
};

}  // namespace waybill::outbound
