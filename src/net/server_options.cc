#include "net/server_options.h"

#include <chrono>
#include <cstddef>

#include "fmt/format.h"
#include "net/option_checks.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// What Beast counts in 32 bits.
constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 30;

}  // namespace

absl::Status CheckLimits(HttpServerOptions& options) {
  constexpr std::chrono::milliseconds kNone(0);
  absl::Status status;
  status.Update(CheckCount("max_concurrent_work", options.max_concurrent_work));
  status.Update(CheckCount("max_connections", options.max_connections));
  status.Update(CheckCount("max_header_bytes", options.max_header_bytes));
  status.Update(CheckCount("max_body_bytes", options.max_body_bytes));
  status.Update(CheckTime("request_timeout", kShortestTimeout, options.request_timeout));
  status.Update(CheckTime("write_timeout", kShortestTimeout, options.write_timeout));
  status.Update(CheckTime("answer_timeout", kShortestTimeout, options.answer_timeout));
  status.Update(CheckTime("keep_alive_timeout", kShortestTimeout, options.keep_alive_timeout));
  status.Update(CheckTime("stop_timeout", kNone, options.stop_timeout));
  if (options.max_header_bytes > kMostHeaderBytes) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("max_header_bytes must be at most {}", kMostHeaderBytes)));
  }
  return status;
}

}  // namespace net
VITALS_NAMESPACE_END
