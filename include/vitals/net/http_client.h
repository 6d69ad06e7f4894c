#ifndef VITALS_NET_HTTP_CLIENT_H_
#define VITALS_NET_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"

/// \file
/// A blocking HTTP/1.1 client for what a process pushes to others: bounded in time and in
/// everything that the other side decides.

VITALS_NAMESPACE_BEGIN
namespace net {

/// What a client asks for, and what it puts up with. Times are at least 1 ms; one beyond 24
/// days is cut to these.
struct HttpClientOptions {
  /// To resolve the name, to connect and to agree on TLS.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  /// From the call to the last byte of the answer; see HttpClientRequest::timeout.
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
  /// Largest body of an answer. At least 1.
  std::size_t max_response_bytes = std::size_t{4} * 1024 * 1024;
  /// PEM file of the certificates that are trusted, instead of the system's. TLS is always
  /// verified, and at least 1.2.
  std::string ca_file = {};
  /// Connects to this unix-domain socket, whatever the host of the URL.
  std::string unix_socket_path = {};
  std::string user_agent = "vitals/" VITALS_VERSION;
  /// Goes through the proxy that http_proxy, https_proxy, all_proxy and no_proxy name.
  bool use_environment_proxy = false;
};

/// One request. `Host`, `Content-Length` and `User-Agent` are the client's.
struct HttpClientRequest {
  std::string method = "GET";
  /// `http` or `https`, at most 8 KiB. A name and password in it are sent as Basic authorization.
  std::string url;
  /// Names are HTTP tokens; values are without control characters, but for tabs.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string_view body = {};  ///< lives for the length of the call
  /// Instead of HttpClientOptions::timeout.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Takes a body that is longer than max_response_bytes up to there, instead of failing: for who
  /// needs the status above all. The connection is not kept then.
  bool cut_body = false;
};

/// The answer, of any status. Redirects are answers too: they are not followed.
struct HttpClientResponse {
  int status = 0;
  /// As sent, without white space around the values; at most 64 KiB in all. Trailers are left out.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;          ///< as sent: no coding is asked for, and none is undone
  bool body_is_cut = false;  ///< see HttpClientRequest::cut_body

  /// The value of the first header of this name, compared without case; empty without one.
  VITALS_EXPORT std::string_view Header(std::string_view name) const;
};

/// Sends requests, and keeps a connection for the next one. Thread-safe: requests of several
/// threads wait for each other. No cookies, no redirects, no HTTP/2; raises no signal.
///
/// In a fork child the parent's client is off: its connections are closed there without a byte
/// being written, Send() fails, and the destructor returns at once; Create() works anew.
class VITALS_EXPORT HttpClient {
 public:
  /// Checks the options. InvalidArgument names the option and what would be right.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(HttpClientOptions options = {});

  /// No Send() may be in progress: call Abort() and let it return first.
  ~HttpClient();

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// InvalidArgument when Send() would refuse the request for what it is, so that who sends the
  /// same one often finds out at once. Asks no network.
  static absl::Status CheckRequest(const HttpClientRequest& request);

  /// Sends a request and waits for the whole answer. Errors show neither headers nor more of the
  /// URL than scheme, host and port:
  ///
  /// - InvalidArgument: the request is none that can be sent.
  /// - DeadlineExceeded: no whole answer in time.
  /// - Unavailable: no connection, it broke off, or what came was no HTTP.
  /// - Unauthenticated: the certificate of the other side is not trusted.
  /// - ResourceExhausted: the headers are larger than they may be, or the body is and is not to be
  ///   cut, or there is no memory.
  /// - Cancelled: Abort() was called.
  /// - FailedPrecondition: this is a fork child.
  absl::StatusOr<HttpClientResponse> Send(const HttpClientRequest& request);

  /// Makes a Send() in progress return, and every later one fail. From any thread. It returns at
  /// once.
  void Abort();

 private:
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_NET_HTTP_CLIENT_H_
