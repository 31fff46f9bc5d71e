#include "exchange/exchange.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <utility>

namespace waybill::outbound {

Exchange::Exchange(Request request, Address to, const Options& options)
    : request_(std::move(request)),
      to_(std::move(to)),
      options_(options),
      place_(to_.place()),
      reader_(options.messages, request_.method == Method::head) {
  set_up_request();
  set_up_headers();
  set_up_connection();
  set_up_callbacks();
}

void Exchange::set_up_request() {
  handle_.set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle_.set(CURLOPT_URL, to_.url);
  // One request at a time on a connection, so that what becomes of one says nothing of another.
  handle_.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  const bool has_body = !request_.body.empty() || request_.method == Method::post ||
                        request_.method == Method::put || request_.method == Method::patch;
  if (has_body) {
    handle_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    handle_.set(CURLOPT_POSTFIELDS, request_.body.data());
  }
  if (request_.method == Method::head) handle_.set(CURLOPT_NOBODY, 1L);
  handle_.set(CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)));
  // Redirects are followed by us, who decide what goes along. curl's own way to HTTP/0.9, cookies, .netrc and
  // decoding stays shut.
  handle_.set(CURLOPT_FOLLOWLOCATION, 0L);
}

void Exchange::set_up_headers() {
  // An Expect would cost a second with servers that know none, and has curl send again after a 417.
  headers_.add("Expect:");
  if (find_header(request_.headers, "Content-Type") == nullptr) headers_.add("Content-Type:");
  for (const auto& header : request_.headers) {
    headers_.add(header.value.empty() ? header.name + ';' : header.name + ": " + header.value);
  }
  handle_.set(CURLOPT_HTTPHEADER, headers_.get());
  if (!options_.user_agent.empty() && find_header(request_.headers, "User-Agent") == nullptr) {
    handle_.set(CURLOPT_USERAGENT, options_.user_agent);
  }
}

void Exchange::set_up_connection() {
  const auto& connections = options_.connections;
  handle_.set(CURLOPT_NOSIGNAL, 1L);
  // Without it, giving up a look-up would wait for the resolver's thread, and the whole loop with it.
  handle_.set(CURLOPT_QUICK_EXIT, 1L);
  handle_.set(CURLOPT_PROXY, "");
  handle_.set(CURLOPT_TCP_KEEPALIVE, 1L);
  handle_.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connections.connect_within.count()));
  const auto idle = std::chrono::ceil<std::chrono::seconds>(connections.idle);
  handle_.set(CURLOPT_MAXAGE_CONN, static_cast<long>(idle.count()));

  handle_.set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle_.set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle_.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // With a folder of authorities beside the file, curl would read the file anew for each connection.
  handle_.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  handle_.set(CURLOPT_CA_CACHE_TIMEOUT, 300L);
  const auto& tls = options_.tls;
  if (!tls.authority.empty()) handle_.set(CURLOPT_CAINFO, tls.authority);
  if (tls.certificate.empty()) return;
  handle_.set(CURLOPT_SSLCERT, tls.certificate);
  handle_.set(CURLOPT_SSLKEY, tls.key);
  // A key with a passphrase fails; otherwise OpenSSL would ask a terminal for it.
  handle_.set(CURLOPT_KEYPASSWD, "");
}

void Exchange::set_up_callbacks() {
  handle_.set(CURLOPT_ERRORBUFFER, said_.data());
  handle_.set(CURLOPT_HEADERFUNCTION, &Exchange::on_line);
  handle_.set(CURLOPT_HEADERDATA, this);
  handle_.set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  handle_.set(CURLOPT_WRITEDATA, this);
  handle_.set(CURLOPT_PREREQFUNCTION, &Exchange::on_connected);
  handle_.set(CURLOPT_PREREQDATA, this);
  handle_.set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::on_open);
  handle_.set(CURLOPT_OPENSOCKETDATA, this);
}

std::size_t Exchange::on_line(char* bytes, std::size_t size, std::size_t count, void* self) {
  const auto length = size * count;
  return static_cast<Exchange*>(self)->reader_.take_line({bytes, length}) ? length : 0;
}

std::size_t Exchange::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  const auto length = size * count;
  // With no byte taken, curl takes the answer to no bytes for agreement.
  return static_cast<Exchange*>(self)->reader_.take_body({bytes, length}) ? length : CURL_WRITEFUNC_ERROR;
}

// The last moment before the request is written. When a kept connection ends before an answer, curl would
// send the request again on another one, also a POST that may have been carried out: that is refused here.
int Exchange::on_connected(void* self, char*, char*, int, int) {
  auto& exchange = *static_cast<Exchange*>(self);
  const bool again = std::exchange(exchange.was_sent_, true);
  return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

curl_socket_t Exchange::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  if (static_cast<Exchange*>(self)->was_sent_) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool Exchange::had_connection_from_before() const { return handle_.info<long>(CURLINFO_NUM_CONNECTS) == 0; }

Progress Exchange::progress(const End& end) const {
  if (!end.begun) return Progress::waiting;
  if (was_sent_) return Progress::sent;
  if (handle_.info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) > 0) return Progress::connecting;
  return Progress::looking_up;
}

void Exchange::ended(const End& end) {
  result_.emplace(result_of(end));
  auto tell = std::move(tell_);
  if (tell) tell();
}

Exchange::Result Exchange::result_of(const End& end) {
  const Evidence evidence{.progress = progress(end),
                          .method = request_.method,
                          .to = to_,
                          .options = options_,
                          .code = end.code,
                          .system_error = handle_.info<long>(CURLINFO_OS_ERRNO),
                          .verify_result = handle_.info<long>(CURLINFO_SSL_VERIFYRESULT),
                          .said = said_.data()};
  switch (end.how) {
    case End::How::finished:
      return finished(evidence);
    case End::How::deadline:
      return failure_at_deadline(evidence);
    case End::How::cancelled:
      return failure_by(Trouble::cancelled, "it was cancelled by its caller", evidence);
    case End::How::refused:
      return failure_by(Trouble::kept_away,
                        "connections.waiting requests wait for a connection already; send fewer at once",
                        evidence);
    case End::How::closed:
      break;
  }
  return failure_by(Trouble::closed, "the client was closed", evidence);
}

Exchange::Result Exchange::finished(const Evidence& evidence) {
  if (!reader_.excess().empty()) {
    return failure_by(Trouble::too_large, "the answer has " + reader_.excess(), evidence);
  }
  if (evidence.code != CURLE_OK) return failure_of(evidence);
  if (!reader_.has_head()) {
    return failure_by(Trouble::lost, "the connection ended before the whole answer was there", evidence);
  }
  return std::move(reader_).take();
}

}  // namespace waybill::outbound
