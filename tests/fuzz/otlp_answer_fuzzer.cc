#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "export/partial_success.h"
#include "net/http_fields.h"

// What an OTLP exporter reads of a collector's answer. libcurl parses the message.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void FuzzPartialSuccess(std::string_view text) {
  const auto partial = vitals::otlp::ParsePartialSuccess(text);
  for (const char c : partial.error_message) Require(static_cast<unsigned char>(c) >= 0x20);
  if (partial.rejected_spans != 0) Require(text.find("rejectedSpans") != std::string_view::npos);
  // What stands behind a whole answer changes nothing.
  const std::string longer = std::string(text) + " ";
  Require(vitals::otlp::ParsePartialSuccess(longer).rejected_spans == partial.rejected_spans);
}

void FuzzRetryAfter(std::string_view text) {
  const std::chrono::sys_seconds now(std::chrono::seconds(946'684'800));
  const auto pause = vitals::net::ParseRetryAfter(text, now);
  if (pause) Require(pause->count() >= 0);
  const auto date = vitals::net::ParseHttpDate(text);
  if (!date) return;
  std::string written;
  vitals::net::AppendHttpDate(date->time_since_epoch().count(), written);
  // The day of the week is not held against the date; a leap second is another way to say the next.
  if (text.substr(23, 2) != "60") Require(written.substr(3) == text.substr(3));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FuzzPartialSuccess(text);
  FuzzRetryAfter(text);
  return 0;
}
