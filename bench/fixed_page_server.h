#ifndef VITALS_BENCH_FIXED_PAGE_SERVER_H_
#define VITALS_BENCH_FIXED_PAGE_SERVER_H_

#include <cstdint>
#include <string>
#include <thread>

namespace bench {

/// What serving a page costs at the least: an answer made beforehand, a blocking thread for each
/// connection, no look at the request. Connections are kept until the client closes them.
class FixedPageServer {
 public:
  /// Listens on 127.0.0.1. The port is 0 when that failed.
  explicit FixedPageServer(const std::string& body);

  /// Stops listening. Threads of open connections are left to end with them.
  ~FixedPageServer();

  FixedPageServer(const FixedPageServer&) = delete;
  FixedPageServer& operator=(const FixedPageServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void Accept() const;

  const std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace bench

#endif  // VITALS_BENCH_FIXED_PAGE_SERVER_H_
