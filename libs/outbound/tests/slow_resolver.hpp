#pragma once

namespace waybill::outbound::tests {

/// While it lives, looking up the name "slow.test" takes until it ends, whoever asks. No name server is asked
/// for that name, nor, with or without it, for "no-such-host.invalid", which leads nowhere.
class SlowResolver {
 public:
  SlowResolver();
  /// Returns when nobody is looking up any more.
  ~SlowResolver();
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  int asked() const;
};

}  // namespace waybill::outbound::tests
