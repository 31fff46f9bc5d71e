#include "engine/socket_watch.hpp"

namespace waybill::outbound {

bool SocketWatch::begin(curl_socket_t socket) {
  boost::system::error_code error;
  descriptor_.assign(socket, error);
  if (!error) socket_ = socket;
  return !error;
}

void SocketWatch::want(int events) {
  wanted_ = events;
  wait_for(in_);
  wait_for(out_);
}

void SocketWatch::let_go() {
  wanted_ = 0;
  socket_ = CURL_SOCKET_BAD;
  if (descriptor_.is_open()) descriptor_.release();
}

void SocketWatch::wait_for(Side& side) {
  if (side.waiting || (wanted_ & side.wanted) == 0) return;
  side.waiting = true;
  descriptor_.async_wait(side.wait, [self = shared_from_this(), &side](boost::system::error_code error) {
    side.waiting = false;
    // What curl has ceased to want meanwhile is waited for no more.
    if (error || (self->wanted_ & side.wanted) == 0) return;
    self->ready_(self->socket_, side.event);
    self->wait_for(side);
  });
}

}  // namespace waybill::outbound
