#include "net/server_options.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// Beyond, adding to a clock could overflow.
constexpr std::chrono::milliseconds kLongestTime = std::chrono::hours(24 * 365);

// What Beast counts in 32 bits.
constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 30;

absl::Status CheckCount(std::string_view name, std::size_t value) {
  if (value != 0) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} must be at least 1", name));
}

absl::Status CheckTime(std::string_view name, std::chrono::milliseconds least,
                       std::chrono::milliseconds& value) {
  if (value < least) {
    return absl::InvalidArgumentError(
        fmt::format("{} is {} ms, must be at least {} ms", name, value.count(), least.count()));
  }
  value = std::min(value, kLongestTime);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLimits(HttpServerOptions& options) {
  constexpr std::chrono::milliseconds kNone(0);
  constexpr std::chrono::milliseconds kLeast(1);
  absl::Status status;
  status.Update(CheckCount("max_concurrent_work", options.max_concurrent_work));
  status.Update(CheckCount("max_connections", options.max_connections));
  status.Update(CheckCount("max_header_bytes", options.max_header_bytes));
  status.Update(CheckCount("max_body_bytes", options.max_body_bytes));
  status.Update(CheckTime("request_timeout", kLeast, options.request_timeout));
  status.Update(CheckTime("write_timeout", kLeast, options.write_timeout));
  status.Update(CheckTime("answer_timeout", kLeast, options.answer_timeout));
  status.Update(CheckTime("keep_alive_timeout", kLeast, options.keep_alive_timeout));
  status.Update(CheckTime("stop_timeout", kNone, options.stop_timeout));
  if (options.max_header_bytes > kMostHeaderBytes) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("max_header_bytes must be at most {}", kMostHeaderBytes)));
  }
  return status;
}

}  // namespace net
VITALS_NAMESPACE_END
