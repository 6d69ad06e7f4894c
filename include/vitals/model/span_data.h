#ifndef VITALS_MODEL_SPAN_DATA_H_
#define VITALS_MODEL_SPAN_DATA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

/// \file
/// A span that has ended, as processors, the store and exporters see it. The fields and their
/// meaning are those of OpenTelemetry's span (trace API and SDK specification; OTLP trace.proto).

VITALS_NAMESPACE_BEGIN

/// What a span's work is to its caller. The numbers are OTLP's.
enum class SpanKind : std::uint8_t {
  kInternal = 1,  ///< within a component
  kServer = 2,    ///< answers a request while its caller waits
  kClient = 3,    ///< asks and waits for the answer
  kProducer = 4,  ///< sends a message, and does not wait
  kConsumer = 5,  ///< works on a message whose sender does not wait
};

/// "internal", "server", "client", "producer" or "consumer".
VITALS_EXPORT std::string_view SpanKindName(SpanKind kind) noexcept;

/// How a span went. The numbers are OTLP's.
enum class SpanStatus : std::uint8_t {
  kUnset = 0,  ///< nobody said otherwise: it went well
  kOk = 1,     ///< someone said so
  kError = 2,
};

/// "unset", "ok" or "error".
VITALS_EXPORT std::string_view SpanStatusName(SpanStatus status) noexcept;

using AttributeValue = std::variant<std::int64_t, double, bool, std::string>;

/// The value as text: digits, "true" or "false", the shortest decimal that reads back as the same
/// double, or the string itself.
VITALS_EXPORT std::string AttributeValueText(const AttributeValue& value);

/// A key and its value.
struct SpanAttribute {
  std::string_view key;  ///< lives as long as the process: see InternName()
  AttributeValue value;  ///< a string in it is UTF-8

  friend bool operator==(const SpanAttribute&, const SpanAttribute&) = default;
};

/// Something that happened within a span.
struct SpanEvent {
  std::string_view name;  ///< as SpanData::name
  std::uint64_t time_unix_ns = 0;
  std::vector<SpanAttribute> attributes;

  friend bool operator==(const SpanEvent&, const SpanEvent&) = default;
};

/// Another span that this one has to do with, and that is not its parent.
struct SpanLink {
  TraceId trace_id;
  SpanId span_id;
  std::uint8_t flags = kTraceFlagNone;
  std::string trace_state;
  std::vector<SpanAttribute> attributes;

  friend bool operator==(const SpanLink&, const SpanLink&) = default;
};

/// One ended span.
struct SpanData {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;          ///< zero for the root of a trace
  bool parent_is_remote = false;  ///< whether the parent was in another process
  std::uint8_t flags = kTraceFlagNone;
  SpanKind kind = SpanKind::kInternal;
  SpanStatus status = SpanStatus::kUnset;
  std::string_view name;       ///< UTF-8; lives as long as the process: see InternName()
  std::string_view component;  ///< of the Tracer; as name
  /// Nanoseconds since 1970-01-01 00:00:00 UTC. The end is never before the start.
  std::uint64_t start_unix_ns = 0;
  std::uint64_t end_unix_ns = 0;
  std::uint32_t thread_id = 0;            ///< of the kernel, of the thread on which the span ended
  std::string_view thread_name;           ///< when that thread first recorded; as name
  std::string status_message;             ///< empty but for kError
  std::string trace_state;                ///< as in the header, empty for none
  std::vector<SpanAttribute> attributes;  ///< no key twice
  std::vector<SpanEvent> events;          ///< in the order they were added
  std::vector<SpanLink> links;
  /// What found no room in the record; each counts to 255.
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
  std::uint32_t truncated_values = 0;  ///< strings that were cut to their longest length

  std::uint64_t duration_ns() const noexcept { return end_unix_ns - start_unix_ns; }

  /// Whether no other span of this process is its parent: it ends its trace here.
  bool IsLocalRoot() const noexcept { return !parent_span_id.IsValid() || parent_is_remote; }

  friend bool operator==(const SpanData&, const SpanData&) = default;
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_SPAN_DATA_H_
