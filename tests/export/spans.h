#ifndef VITALS_TESTS_EXPORT_SPANS_H_
#define VITALS_TESTS_EXPORT_SPANS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vitals/model/span_data.h"

namespace vitals_test {

/// A span with a value in every field.
inline vitals::SpanData FullSpan() {
  using namespace vitals;  // NOLINT(google-build-using-namespace): one value, many names
  return SpanData{
      .trace_id = {0x0af7651916cd43dd, 0x8448eb211c80319c},
      .span_id = {0xb7ad6b7169203331},
      .parent_span_id = {0x00f067aa0ba902b7},
      .parent_is_remote = true,
      .flags = kTraceFlagSampled | kTraceFlagRandom,
      .kind = SpanKind::kServer,
      .status = SpanStatus::kError,
      .name = "GET \"/jobs\"",
      .component = "api",
      .start_unix_ns = 1'700'000'000'123'456'789,
      .end_unix_ns = 1'700'000'000'223'456'790,
      .thread_id = 4711,
      .thread_name = "worker/0",
      .status_message = "caf\xC3\xA9 is closed",
      .trace_state = "vendor=t61rcWkgMzE,other=1",
      .attributes = {{"count", std::int64_t{9'007'199'254'740'993}},
                     {"ratio", 0.1},
                     {"cached", false},
                     {"path", std::string("a\nb")}},
      .events = {{"retry", 1'700'000'000'150'000'000, {{"attempt", std::int64_t{2}}}},
                 {"done", 1'700'000'000'200'000'001, {}}},
      .links = {{{1, 2}, {3}, kTraceFlagSampled, "k=v", {{"why", std::string("batch")}}}},
      .dropped_attributes = 5,
      .dropped_events = 6,
      .dropped_links = 7,
      .truncated_values = 8,
  };
}

/// A root with as little as a span can have.
inline vitals::SpanData PlainSpan(std::uint64_t id, std::string_view component = "worker") {
  vitals::SpanData span;
  span.trace_id = {0, id};
  span.span_id = {id};
  span.name = "step";
  span.component = component;
  span.start_unix_ns = 1'000;
  span.end_unix_ns = 2'000;
  return span;
}

inline std::vector<vitals::SpanData> PlainSpans(std::size_t count, std::uint64_t first_id = 1) {
  std::vector<vitals::SpanData> spans;
  for (std::size_t i = 0; i < count; ++i) spans.push_back(PlainSpan(first_id + i));
  return spans;
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_EXPORT_SPANS_H_
