#include "engine/engine.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>
#include <vector>

#include "engine/socket_watch.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::outbound {
namespace {

namespace asio = boost::asio;

void initialise_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  ENSURE(done == CURLE_OK, "curl begins");
}

struct CloseMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using MultiHandle = std::unique_ptr<CURLM, CloseMulti>;

template <class T>
void set(CURLM* multi, CURLMoption option, T value) {
  const auto code = curl_multi_setopt(multi, option, value);
  ENSURE(code == CURLM_OK, "this version of curl knows the option");
}

}  // namespace

class Engine::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, Bounds bounds, Observer observer)
      : executor_(std::move(executor)),
        bounds_(bounds),
        observer_(std::move(observer)),
        admission_(bounds.admission),
        timer_(executor_),
        rest_(executor_) {
    initialise_curl();
    open();
  }

  std::optional<Ticket> start(std::shared_ptr<Transfer> transfer, base::Deadline deadline);
  void end(Ticket ticket, End end);
  void close();
  bool is_closed() const { return multi_ == nullptr; }

 private:
  struct Started {
    std::shared_ptr<Transfer> transfer;
    asio::steady_timer deadline;
    bool begun = false;
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused);
  static int on_timer(CURLM* multi, long wait_ms, void* self);

  void open();
  void begin(Ticket ticket);
  void act(curl_socket_t socket, int events);
  void collect();
  void give_up();
  void rest();
  bool watch(curl_socket_t socket, int events);
  void observe() const { observer_(admission_.running(), admission_.waiting()); }

  asio::any_io_executor executor_;
  Bounds bounds_;
  Observer observer_;
  Admission admission_;
  asio::steady_timer timer_;
  asio::steady_timer rest_;
  Ticket last_ticket_ = 0;
  std::unordered_map<Ticket, Started> started_;
  std::unordered_map<CURL*, Ticket> begun_;
  std::unordered_map<curl_socket_t, std::shared_ptr<SocketWatch>> watches_;
  MultiHandle multi_;
};

void Engine::Impl::open() {
  multi_.reset(curl_multi_init());
  ENSURE(multi_ != nullptr, "curl has memory for a multi handle");
  set(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
  set(multi_.get(), CURLMOPT_SOCKETDATA, this);
  set(multi_.get(), CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
  set(multi_.get(), CURLMOPT_TIMERDATA, this);
  // Bounds on what is kept as well as on what is used: an idle connection is closed to make room. Who waits
  // is for Admission to decide, since curl lets those of one full host hold up those of others.
  set(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(bounds_.admission.total));
  set(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(bounds_.admission.total));
  set(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(bounds_.admission.per_place));
  set(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

std::optional<Engine::Ticket> Engine::Impl::start(std::shared_ptr<Transfer> transfer,
                                                  base::Deadline deadline) {
  if (is_closed()) return std::nullopt;
  const Ticket ticket = ++last_ticket_;
  const auto entry = admission_.arrive(ticket, transfer->place());
  if (entry == Admission::Entry::full) return std::nullopt;
  auto& one =
      started_.emplace(ticket, Started{std::move(transfer), asio::steady_timer(executor_)}).first->second;
  if (!deadline.is_never()) {
    one.deadline.expires_at(deadline.when());
    one.deadline.async_wait([weak = weak_from_this(), ticket](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (!error && self) self->end(ticket, {.how = End::How::deadline});
    });
  }
  if (entry == Admission::Entry::begin) begin(ticket);
  observe();
  return ticket;
}

void Engine::Impl::begin(Ticket ticket) {
  auto& one = started_.at(ticket);
  one.begun = true;
  rest_.cancel();
  begun_.emplace(one.transfer->handle(), ticket);
  const auto code = curl_multi_add_handle(multi_.get(), one.transfer->handle());
  if (code == CURLM_OK) return;
  asio::post(executor_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->give_up();
  });
}

void Engine::Impl::end(Ticket ticket, End end) {
  const auto node = started_.extract(ticket);
  if (node.empty()) return;
  const auto& one = node.mapped();
  end.begun = one.begun;
  if (one.begun) {
    begun_.erase(one.transfer->handle());
    curl_multi_remove_handle(multi_.get(), one.transfer->handle());
  }
  for (const auto next : admission_.leave(ticket)) {
    if (end.how != End::How::closed) begin(next);
  }
  if (begun_.empty()) rest();
  observe();
  one.transfer->ended(end);
}

void Engine::Impl::act(curl_socket_t socket, int events) {
  int running = 0;
  if (curl_multi_socket_action(multi_.get(), socket, events, &running) != CURLM_OK) return give_up();
  collect();
}

void Engine::Impl::collect() {
  std::vector<std::pair<Ticket, CURLcode>> finished;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    finished.emplace_back(begun_.at(message->easy_handle), message->data.result);
  }
  for (const auto& [ticket, code] : finished) end(ticket, {.how = End::How::finished, .code = code});
}

// A socket that cannot be watched, or memory that is not there, leaves a multi handle that does nothing more.
void Engine::Impl::give_up() {
  if (is_closed()) return;
  std::vector<Ticket> lost;
  for (const auto& [handle, ticket] : begun_) {
    curl_multi_remove_handle(multi_.get(), handle);
    lost.push_back(ticket);
  }
  open();
  for (const auto ticket : lost) end(ticket, {.how = End::How::finished, .code = CURLE_OUT_OF_MEMORY});
}

// Curl looks at its idle connections only when it is given something to do; with a new handle the old ones
// go.
void Engine::Impl::rest() {
  if (is_closed()) return;
  rest_.expires_after(bounds_.idle);
  rest_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->begun_.empty() && !self->is_closed()) self->open();
  });
}

void Engine::Impl::close() {
  if (is_closed()) return;
  while (!started_.empty()) end(started_.begin()->first, {.how = End::How::closed});
  multi_.reset();
  for (const auto& [socket, watch] : watches_) watch->let_go();
  watches_.clear();
  timer_.cancel();
  rest_.cancel();
}

int Engine::Impl::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  return static_cast<Impl*>(self)->watch(socket, what) ? 0 : -1;
}

bool Engine::Impl::watch(curl_socket_t socket, int events) {
  const auto known = watches_.find(socket);
  if (events == CURL_POLL_REMOVE) {
    if (known == watches_.end()) return true;
    known->second->let_go();
    watches_.erase(known);
    return true;
  }
  if (known != watches_.end()) return known->second->want(events), true;
  const auto fresh =
      std::make_shared<SocketWatch>(executor_, [weak = weak_from_this()](curl_socket_t ready, int what) {
        if (const auto engine = weak.lock(); engine && !engine->is_closed()) engine->act(ready, what);
      });
  if (!fresh->begin(socket)) return false;
  watches_.emplace(socket, fresh);
  fresh->want(events);
  return true;
}

int Engine::Impl::on_timer(CURLM*, long wait_ms, void* self) {
  auto& engine = *static_cast<Impl*>(self);
  if (wait_ms < 0) return engine.timer_.cancel(), 0;
  engine.timer_.expires_after(std::chrono::milliseconds{wait_ms});
  engine.timer_.async_wait([weak = engine.weak_from_this()](const boost::system::error_code& error) {
    const auto alive = weak.lock();
    if (!error && alive && !alive->is_closed()) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

Engine::Engine(asio::any_io_executor executor, Bounds bounds, Observer observer)
    : impl_(std::make_shared<Impl>(std::move(executor), bounds, std::move(observer))) {}

Engine::~Engine() { close(); }

std::optional<Engine::Ticket> Engine::start(std::shared_ptr<Transfer> transfer, base::Deadline deadline) {
  return impl_->start(std::move(transfer), deadline);
}

void Engine::cancel(Ticket ticket) { impl_->end(ticket, {.how = End::How::cancelled}); }
void Engine::close() { impl_->close(); }
bool Engine::is_closed() const { return impl_->is_closed(); }

}  // namespace waybill::outbound
