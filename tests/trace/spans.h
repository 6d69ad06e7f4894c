#ifndef VITALS_TESTS_TRACE_SPANS_H_
#define VITALS_TESTS_TRACE_SPANS_H_

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/testing/fake_clock.h"
#include "vitals/trace/trace_store.h"

/// \file
/// Spans and stores as the tests of the store make them. Times are small numbers of nanoseconds.

namespace vitals::testing {

/// An id whose low 7 bytes are `number`.
inline TraceId Id(std::uint64_t number) { return {.high = 0xABCD, .low = number}; }

/// A span of trace Id(`trace`). Names must be literals.
struct SpanBuilder {
  SpanData span;

  SpanBuilder(std::uint64_t trace, std::uint64_t id, std::uint64_t parent = 0) {
    span.trace_id = Id(trace);
    span.span_id = {id};
    span.parent_span_id = {parent};
    span.name = parent == 0 ? "root" : "child";
    span.component = "component";
    span.thread_name = "thread";
    Times(100, 200);
  }

  SpanBuilder& Name(std::string_view name) { return Set(span.name, name); }
  SpanBuilder& Component(std::string_view component) { return Set(span.component, component); }
  SpanBuilder& Status(SpanStatus status) { return Set(span.status, status); }
  SpanBuilder& Error() { return Status(SpanStatus::kError); }
  SpanBuilder& Kind(SpanKind kind) { return Set(span.kind, kind); }
  SpanBuilder& RemoteParent() { return Set(span.parent_is_remote, true); }
  SpanBuilder& Attribute(std::string_view key, AttributeValue value) {
    span.attributes.push_back({key, std::move(value)});
    return *this;
  }
  SpanBuilder& Times(std::uint64_t start, std::uint64_t end) {
    span.start_unix_ns = start;
    span.end_unix_ns = end;
    return *this;
  }

 private:
  template <typename T>
  SpanBuilder& Set(T& field, T value) {
    field = value;
    return *this;
  }
};

/// A store with a clock that the test moves. The grace period is 1 s.
struct StoreWithClock {
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<TraceStore> store;

  explicit StoreWithClock(TraceStoreOptions options = {}) {
    options.clock = clock;
    store = TraceStore::Create(options).value();
  }

  TraceStore* operator->() const { return store.get(); }

  void End(const std::vector<SpanBuilder>& spans) const {
    std::vector<SpanData> batch;
    for (const SpanBuilder& builder : spans) batch.push_back(builder.span);
    store->OnEnd(batch);
  }

  /// Lets time pass, and the store know.
  void Pass(std::chrono::nanoseconds duration) const {
    clock->Advance(duration);
    store->OnDrained();
  }

  /// Whether the store has the trace, and has decided to keep it.
  bool Keeps(std::uint64_t trace) const {
    const auto found = store->Find(Id(trace));
    return found && found->summary.kept_for != TraceKeepReason::kNone;
  }
};

/// Keeps what has an error, and nothing else.
inline TailKeepingOptions ErrorsOnly() { return {.slowest_per_root = 0, .random_share = 0}; }

inline TailKeepingOptions Everything() { return {.keep_everything = true}; }

}  // namespace vitals::testing

#endif  // VITALS_TESTS_TRACE_SPANS_H_
