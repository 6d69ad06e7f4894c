#ifndef VITALS_TESTS_EXPORT_OTLP_ENDPOINT_H_
#define VITALS_TESTS_EXPORT_OTLP_ENDPOINT_H_

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/net/raw_server.h"

namespace vitals_test {

/// A collector that answers each request with the next of the answers it was given, then with 200,
/// and keeps what it was sent. An exporter that sends to it dies first.
class OtlpEndpoint {
 public:
  static constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

  explicit OtlpEndpoint(std::deque<std::string> answers = {}) : answers_(std::move(answers)) {}
  ~OtlpEndpoint() {
    server_.Interrupt();
    thread_.join();
  }
  OtlpEndpoint(const OtlpEndpoint&) = delete;
  OtlpEndpoint& operator=(const OtlpEndpoint&) = delete;

  std::string Url() const { return server_.Url("/v1/traces"); }

  /// With their heads.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    while (true) {
      RawConnection connection = server_.Accept();
      if (!connection.connected()) return;
      for (std::string request; !(request = connection.ReadRequest()).empty();) {
        const std::string answer = Take(std::move(request));
        connection.Send(answer);
        // What is no whole answer is followed by the end of the connection.
        if (answer.find("Content-Length: ") == std::string::npos) break;
      }
    }
  }

  std::string Take(std::string request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    if (answers_.empty()) return std::string(kOk);
    std::string answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  RawServer server_;
  mutable std::mutex mutex_;
  std::deque<std::string> answers_;
  std::vector<std::string> requests_;
  std::thread thread_{[this] { Serve(); }};
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_EXPORT_OTLP_ENDPOINT_H_
