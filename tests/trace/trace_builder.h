#ifndef VITALS_TESTS_TRACE_TRACE_BUILDER_H_
#define VITALS_TESTS_TRACE_TRACE_BUILDER_H_

#include <cstdint>

#include "vitals/base/interned_name.h"
#include "vitals/model/span_data.h"

namespace vitals::testing {

/// A span of the one trace of a test.
inline SpanData MakeSpan(std::uint64_t id, std::uint64_t parent_id, std::uint64_t start_ns,
                         std::uint64_t end_ns, InternedName name = "work") {
  SpanData span;
  span.trace_id = {0x0af7651916cd43dd, 0x8448eb211c80319c};
  span.span_id = {id};
  span.parent_span_id = {parent_id};
  span.name = name.view();
  span.component = "test";
  span.start_unix_ns = start_ns;
  span.end_unix_ns = end_ns;
  return span;
}

inline SpanData MakeSpan(std::uint64_t id, std::uint64_t parent_id, std::uint64_t start_ns,
                         std::uint64_t end_ns, SpanKind kind) {
  SpanData span = MakeSpan(id, parent_id, start_ns, end_ns);
  span.kind = kind;
  return span;
}

}  // namespace vitals::testing

#endif  // VITALS_TESTS_TRACE_TRACE_BUILDER_H_
